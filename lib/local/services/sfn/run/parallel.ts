import { Interrupted } from "./interruption.ts";
import { argumentsOf, leave } from "./data-flow.ts";
import type { Frame, Run } from "./run.ts";
import type { Attempt, Trial, StateResult } from "./scope.ts";
import { StatesError } from "./states-error.ts";

/** Runs its branches side by side; the first that fails ends the others. */
export async function runParallel(attempt: Attempt): Promise<StateResult> {
  if (attempt.trial?.mock !== undefined) return runMocked(attempt, attempt.trial.mock);
  const { run, state, frame, key } = attempt;
  const input = await argumentsOf(attempt);
  const at = `${key}:${attempt.attempt}`;
  const started = run.journal.emit(`${at}:started`, "ParallelStateStarted", frame.last);
  const branches = state.Branches ?? [];
  const frames = branches.map((_, index): Frame => branchFrame(attempt, `${at}.${index}`, started));
  try {
    const results = await together(run, branches.length, branches.length, (index, signal) =>
      run.runBranch({ ...run, signal }, branches[index]!, input, frames[index]!),
    );
    frame.last = lastOf(frames, started);
    run.journal.emit(`${at}:succeeded`, "ParallelStateSucceeded", frame.last);
    return await leave(attempt, results);
  } catch (error) {
    frame.last = lastOf(frames, started);
    throw error;
  }
}

/** What a test says that its branches or iterations came to. */
export function runMocked(attempt: Attempt, mock: NonNullable<Trial["mock"]>): Promise<StateResult> {
  if ("output" in mock) return leave(attempt, JSON.parse(mock.output));
  throw new StatesError(mock.error, mock.cause);
}

/** A branch sees the variables around it; what it assigns stays in it. Its language is the whole machine's. */
export function branchFrame({ frame }: Attempt, path: string, last: number): Frame {
  const { language } = frame;
  return { path, last, variables: { ...frame.variables }, language, ...(frame.map && { map: frame.map }) };
}

function lastOf(frames: readonly Frame[], started: number): number {
  return Math.max(started, ...frames.map(({ last }) => last));
}

/** One of those who share the work: what its latest piece left off with. */
export interface Worker {
  last?: number;
}

/** Runs `count` pieces of work, at most `most` at a time; the first failure interrupts the rest and is thrown. */
export async function together<T>(
  run: Run,
  count: number,
  most: number,
  work: (index: number, signal: AbortSignal, worker: Worker) => Promise<T>,
): Promise<T[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([run.signal, siblings.signal]);
  const results: T[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const workLoop = async () => {
    const worker: Worker = {};
    while (next < count && failure === undefined) {
      const index = next++;
      try {
        results[index] = await work(index, signal, worker);
      } catch (error) {
        failure ??= { error };
        siblings.abort(new Interrupted("sibling"));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, Math.max(1, most)) }, workLoop));
  if (failure !== undefined) throw failure.error;
  return results;
}
