import { concurrencyOf, itemsOf, notItems, itemInput } from "./map-settings.ts";
import { Interrupted } from "./interruption.ts";
import type { AslBranch } from "../../../../util/asl/definition.ts";
import { effectiveInput, leave, noted } from "./data-flow.ts";
import { runDistributedMap } from "./distributed-map.ts";
import { branchFrame, runMocked, together, type Worker } from "./parallel.ts";
import type { Frame } from "./run.ts";
import { type Attempt, numericSetting, type StateResult } from "./scope.ts";
import { runtimeError } from "./states-error.ts";

/** Runs its processor for each item, within the execution or, where it is distributed, in children of its own. */
export async function runMap(attempt: Attempt): Promise<StateResult> {
  if (attempt.trial?.mock !== undefined) {
    await noteMapSettings(attempt);
    return runMocked(attempt, attempt.trial.mock);
  }
  const processor = processorOf(attempt);
  return processor.ProcessorConfig?.Mode === "DISTRIBUTED"
    ? runDistributedMap(attempt, processor)
    : runInlineMap(attempt, processor);
}

/** What a test of the state shows of its settings: what it would run, how many at once and how many may fail. */
async function noteMapSettings(attempt: Attempt): Promise<void> {
  const { state, language } = attempt;
  const input = effectiveInput(attempt);
  if (language === "JSONPath" && state["ItemReader"] === undefined) {
    noted(attempt, "afterItemsPath", await itemsOf(attempt));
  }
  noted(attempt, "maxConcurrency", await concurrencyOf(attempt));
  for (const field of ["ToleratedFailureCount", "ToleratedFailurePercentage"]) {
    const tolerated = await numericSetting(attempt, state, field, input);
    if (tolerated !== undefined) noted(attempt, `t${field.slice(1)}`, tolerated);
  }
}

/** Runs its processor once for each item, in order, as many at a time as `MaxConcurrency` says (0: 40, as in AWS). */
async function runInlineMap(attempt: Attempt, processor: AslBranch): Promise<StateResult> {
  const { run, frame, key } = attempt;
  const items = await arrayOf(attempt);
  const at = `${key}:${attempt.attempt}`;
  const started = run.journal.emit(`${at}:started`, "MapStateStarted", frame.last, {
    mapStateStartedEventDetails: { length: items.length },
  });
  frame.last = started;
  const most = (await concurrencyOf(attempt)) || MOST_AT_ONCE;
  const lastEvents = { lastState: started, lastIteration: started };
  try {
    const results = await together(run, items.length, most, (index, signal, worker) =>
      runIteration({ attempt, processor, items, at, started, lastEvents }, index, signal, worker),
    );
    frame.last = lastEvents.lastIteration;
    run.journal.emit(`${at}:succeeded`, "MapStateSucceeded", frame.last);
    return await leave(attempt, results);
  } catch (error) {
    frame.last = lastEvents.lastState;
    throw error;
  }
}

const MOST_AT_ONCE = 40;

interface Iterations {
  readonly attempt: Attempt;
  readonly processor: AslBranch;
  readonly items: readonly unknown[];
  readonly at: string;
  readonly started: number;
  readonly lastEvents: { lastState: number; lastIteration: number };
}

async function runIteration(
  { attempt, processor, items, at, started, lastEvents }: Iterations,
  index: number,
  signal: AbortSignal,
  worker: Worker,
): Promise<unknown> {
  const { run, name } = attempt;
  const iteration = { name, index };
  const frame: Frame = {
    ...branchFrame(attempt, `${at}.${index}`, started),
    map: { Item: { Index: index, Value: items[index] } },
  };
  frame.last = run.journal.emit(`${at}.${index}:started`, "MapIterationStarted", worker.last ?? started, {
    mapIterationStartedEventDetails: iteration,
  });
  try {
    const input = await itemInput({ ...attempt, frame }, items[index]);
    const output = await run.runBranch({ ...run, signal }, processor, input, frame);
    const succeeded = run.journal.emit(`${at}.${index}:succeeded`, "MapIterationSucceeded", frame.last, {
      mapIterationSucceededEventDetails: iteration,
    });
    lastEvents.lastIteration = Math.max(lastEvents.lastIteration, succeeded);
    return output;
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      run.journal.emit(`${at}.${index}:ended`, "MapIterationFailed", frame.last, {
        mapIterationFailedEventDetails: iteration,
      });
    } else if (error.why === "sibling") {
      run.journal.emit(`${at}.${index}:ended`, "MapIterationAborted", frame.last, {
        mapIterationAbortedEventDetails: iteration,
      });
    }
    throw error;
  } finally {
    worker.last = frame.last;
    lastEvents.lastState = Math.max(lastEvents.lastState, frame.last);
  }
}

function processorOf({ state, name }: Attempt): AslBranch {
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor === undefined) throw runtimeError(`The Map state '${name}' has no ItemProcessor`);
  return processor;
}

async function arrayOf(attempt: Attempt): Promise<readonly unknown[]> {
  const items = await itemsOf(attempt);
  if (Array.isArray(items)) return items;
  throw notItems(attempt, items);
}
