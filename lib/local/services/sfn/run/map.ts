import type { AslBranch } from "../../../../util/asl/definition.ts";
import { argumentsOf, effectiveInput, leave } from "./data-flow.ts";
import { branchFrame, together } from "./parallel.ts";
import { runBranch } from "./run-branch.ts";
import type { StateResult } from "./run-state.ts";
import { type Frame, Interrupted } from "./run.ts";
import { type Attempt, fillValue, pathScope, setting } from "./scope.ts";
import { readValue } from "../data/payload-template.ts";
import { runtimeError, StatesError } from "./states-error.ts";

/** Runs its processor once for each item, in order, as many at a time as `MaxConcurrency` says (0: all). */
export async function runMap(attempt: Attempt): Promise<StateResult> {
  const { run, name, frame, key } = attempt;
  const processor = processorOf(attempt);
  const items = await itemsOf(attempt);
  const at = `${key}:${attempt.attempt}`;
  const started = run.journal.emit(`${at}:started`, "MapStateStarted", frame.last, {
    mapStateStartedEventDetails: { length: items.length },
  });
  const most = await concurrencyOf(attempt, items.length);
  const lasts: number[] = [started];
  try {
    const results = await together(run, items.length, most, async (index, signal) => {
      const iteration = { name, index };
      const inner: Frame = { ...branchFrame(attempt, `${at}.${index}`, started), map: itemContext(items, index) };
      inner.last = run.journal.emit(`${at}.${index}:started`, "MapIterationStarted", started, {
        mapIterationStartedEventDetails: iteration,
      });
      try {
        const input = await itemInput({ ...attempt, frame: inner }, items[index]);
        const output = await runBranch({ ...run, signal }, processor, input, inner);
        lasts.push(
          run.journal.emit(`${at}.${index}:succeeded`, "MapIterationSucceeded", inner.last, {
            mapIterationSucceededEventDetails: iteration,
          }),
        );
        return output;
      } catch (error) {
        const type = error instanceof Interrupted ? "MapIterationAborted" : "MapIterationFailed";
        if (!(error instanceof Interrupted) || error.why === "sibling") {
          const details =
            type === "MapIterationAborted" ? "mapIterationAbortedEventDetails" : "mapIterationFailedEventDetails";
          lasts.push(run.journal.emit(`${at}.${index}:ended`, type, inner.last, { [details]: iteration }));
        }
        throw error;
      }
    });
    frame.last = run.journal.emit(`${at}:succeeded`, "MapStateSucceeded", Math.max(...lasts));
    return await leave(attempt, results);
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      frame.last = run.journal.emit(`${at}:failed`, "MapStateFailed", Math.max(...lasts));
    }
    throw error;
  }
}

function processorOf({ state, name }: Attempt): AslBranch {
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor === undefined) throw runtimeError(`The Map state '${name}' has no ItemProcessor`);
  if (processor.ProcessorConfig?.Mode === "DISTRIBUTED") {
    throw runtimeError(`The Map state '${name}' is distributed; the local cloud runs inline Map states only.`);
  }
  return processor;
}

async function itemsOf(attempt: Attempt): Promise<readonly unknown[]> {
  const { state, name, language } = attempt;
  const input = effectiveInput(attempt);
  let items: unknown = input;
  if (language === "JSONata") {
    if (state["Items"] !== undefined) items = await fillValue(attempt, state["Items"], "Items", input);
  } else if (typeof state["ItemsPath"] === "string") {
    items = readValue(state["ItemsPath"], pathScope(attempt, input), "ItemsPath");
  }
  if (Array.isArray(items)) return items;
  throw language === "JSONata"
    ? new StatesError("States.QueryEvaluationError", `The 'Items' field of the state '${name}' must be an array`)
    : runtimeError(`Reference path "${(state["ItemsPath"] as string | undefined) ?? "$"}" must point to array.`);
}

async function concurrencyOf(attempt: Attempt, count: number): Promise<number> {
  const most = await setting(attempt, "MaxConcurrency", effectiveInput(attempt));
  if (most === undefined || most === 0) return count;
  if (typeof most === "number" && Number.isInteger(most) && most > 0) return most;
  throw runtimeError(`MaxConcurrency must be a whole number of 0 or more, got ${JSON.stringify(most)}`);
}

function itemContext(items: readonly unknown[], index: number): NonNullable<Frame["map"]> {
  return { Item: { Index: index, Value: items[index] } };
}

/** `ItemSelector`, or `Parameters` as it was called before; `$` is the state's input. */
async function itemInput(attempt: Attempt, item: unknown): Promise<unknown> {
  const { state } = attempt;
  if (state["ItemSelector"] !== undefined) {
    return fillValue(attempt, state["ItemSelector"], "ItemSelector", effectiveInput(attempt));
  }
  return state["Parameters"] === undefined ? item : argumentsOf(attempt);
}
