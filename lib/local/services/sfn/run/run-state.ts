import { dataOf } from "./event-data.ts";
import { WHOLE } from "./event-data.ts";
import { sleepUntil } from "./interruption.ts";
import type { HistoryEventType } from "@aws-sdk/client-sfn";
import type { AslCatcher } from "../../../../util/asl/definition.ts";
import { putAt } from "../data/json-path.ts";
import { runMap } from "./map.ts";
import { runParallel } from "./parallel.ts";
import { fillValue, located, type Attempt, type StateScope, type StateResult, type StateExit } from "./scope.ts";
import { runChoice, runFail, runPass, runSucceed, runWait } from "./simple-states.ts";
import { InterpreterError, MapSettingError, matchesError, StatesError } from "./states-error.ts";
import { runTask } from "./task.ts";

type StateRunner = (attempt: Attempt) => Promise<StateResult>;

const RUNNERS: Readonly<Record<string, StateRunner>> = {
  Pass: runPass,
  Task: runTask,
  Choice: runChoice,
  Wait: runWait,
  Succeed: runSucceed,
  Fail: runFail,
  Parallel: runParallel,
  Map: runMap,
};

const LARGEST_BYTES = 262_144;

/** Runs one state: enters it, tries as often as its retriers say, catches what its catchers catch, and leaves it. */
export async function runState(scope: StateScope): Promise<StateExit> {
  const { run, name, state, input, frame, key } = scope;
  const enteredMs =
    run.journal.recall<number>(`${key}:entered`)?.value ?? run.journal.record(`${key}:entered`, run.cloud.clock.now());
  const cameFrom = frame.last;
  frame.last = run.journal.emit(`${key}:in`, `${state.Type}StateEntered` as HistoryEventType, frame.last, {
    stateEnteredEventDetails: { name, ...dataOf("input", input) },
  });
  const language = state.QueryLanguage ?? frame.language;
  const result = await withRetries({ ...scope, attempt: 0, enteredMs, enteredId: frame.last, cameFrom, language });
  const text = JSON.stringify(result.output) ?? "null";
  if (text.length > LARGEST_BYTES / 4 && Buffer.byteLength(text) > LARGEST_BYTES) throw tooLarge(name);
  const assigned = result.assigned ?? {};
  frame.last = run.journal.emit(`${key}:out`, `${state.Type}StateExited` as HistoryEventType, frame.last, {
    stateExitedEventDetails: {
      name,
      ...dataOf("output", result.output),
      ...(Object.keys(assigned).length > 0 && {
        assignedVariables: textsOf(assigned),
        assignedVariablesDetails: WHOLE,
      }),
    },
  });
  const next = result.next ?? state.Next;
  return { output: result.output, ...(next !== undefined && { next }), assigned, last: frame.last };
}

function textsOf(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value)]));
}

function tooLarge(name: string): StatesError {
  return new StatesError(
    "States.DataLimitExceeded",
    `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

/** One attempt, without what its retriers and catchers make of a failure. */
export function runOnce(attempt: Attempt): Promise<StateResult> {
  return RUNNERS[attempt.state.Type]!(attempt);
}

async function withRetries(first: Attempt): Promise<StateResult> {
  const { run, key } = first;
  const counts = new Map<number, number>();
  for (let attempt = 0; ; attempt++) {
    const retryKey = `${key}:retry:${attempt}`;
    let retry = run.journal.recall<{ retrier: number; dueMs: number }>(retryKey)?.value;
    if (retry === undefined) {
      try {
        return await runOnce({ ...first, attempt });
      } catch (thrown) {
        if (!(thrown instanceof StatesError)) throw thrown;
        const error = thrown instanceof InterpreterError ? describeFailure({ ...first, attempt }, thrown) : thrown;
        const retrier = findRetrier(first, error, counts);
        if (retrier === undefined) return caught({ ...first, attempt }, error);
        const dueMs = run.cloud.clock.now() + delayOf(first, retrier, counts.get(retrier) ?? 0);
        retry = run.journal.record(retryKey, { retrier, dueMs });
      }
    }
    counts.set(retry.retrier, (counts.get(retry.retrier) ?? 0) + 1);
    await sleepUntil(run, retry.dueMs);
  }
}

/** The interpreter's complaint with the state's name in front; an expression's failure is an event of its own. */
function describeFailure(attempt: Attempt, thrown: InterpreterError): InterpreterError {
  const { run, state, name, frame, key, cameFrom } = attempt;
  const error = located(attempt, thrown);
  if (thrown.location === undefined || error === thrown) return error;
  frame.last = run.journal.emit(
    `${key}:${attempt.attempt}:evaluation`,
    "EvaluationFailed",
    // As recorded: only a Wait's own complaint follows the state's entry.
    state.Type === "Wait" ? frame.last : cameFrom,
    {
      evaluationFailedEventDetails: {
        error: error.error,
        ...(error.cause !== undefined && { cause: error.cause }),
        location: thrown.location,
        state: name,
      },
    },
  );
  return error;
}

/** The retrier that takes the error and has not used up its attempts. */
export function findRetrier(
  { state }: Attempt,
  error: StatesError,
  counts: ReadonlyMap<number, number>,
): number | undefined {
  const retriers = state.Retry ?? [];
  const index = retriers.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, error));
  if (index < 0) return undefined;
  return (counts.get(index) ?? 0) < (retriers[index]!.MaxAttempts ?? 3) ? index : undefined;
}

/** How long the retrier waits, in milliseconds, after it has been used `done` times. */
export function delayOf({ state }: Attempt, index: number, done: number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds, JitterStrategy } = state.Retry![index]!;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** done, MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return seconds * 1000 * (JitterStrategy === "FULL" ? Math.random() : 1);
}

/** What a catcher makes of the error; throws it where there is none. */
export async function caught(attempt: Attempt, error: StatesError): Promise<StateResult> {
  const { run, state, frame, key } = attempt;
  if ((state.Type === "Map" || state.Type === "Parallel") && !(error instanceof MapSettingError)) {
    frame.last = run.journal.emit(`${key}:failed`, `${state.Type}StateFailed`, frame.last);
  }
  const catcher = (state.Catch ?? []).find(({ ErrorEquals }) => matchesError(ErrorEquals, error));
  if (catcher === undefined) throw error;
  const errorOutput = outputOf(error);
  const more = { errorOutput };
  const assigned = (await fillValue(attempt, catcher.Assign, "Assign", errorOutput, more)) as
    | Record<string, unknown>
    | undefined;
  const output = await caughtOutput(attempt, catcher, errorOutput, more);
  return { output, next: catcher.Next, ...(assigned !== undefined && { assigned }) };
}

/** The error as a catcher sees it; one that was reported without a name is all null. */
function outputOf({ error, cause }: StatesError): object {
  if (error === "" && cause === undefined) return { Error: null, Cause: null };
  return { Error: error, ...(cause !== undefined && { Cause: cause }) };
}

async function caughtOutput(
  attempt: Attempt,
  catcher: AslCatcher,
  errorOutput: object,
  more: Record<string, unknown>,
): Promise<unknown> {
  if (attempt.language === "JSONata") {
    return catcher.Output === undefined ? errorOutput : fillValue(attempt, catcher.Output, "Output", errorOutput, more);
  }
  if (catcher.ResultPath === null) return attempt.input;
  return putAt(catcher.ResultPath ?? "$", attempt.input, errorOutput);
}
