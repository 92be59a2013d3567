import { sleepUntil } from "./interruption.ts";
import { holds, instantOf } from "../data/choice-rules.ts";
import { selectPath } from "../data/payload-template.ts";
import { argumentsOf, assignedBy, effectiveInput, leave, noted } from "./data-flow.ts";
import { type Attempt, fillValue, pathScope, setting, type StateResult } from "./scope.ts";
import { evaluationError, runtimeError, StatesError } from "./states-error.ts";

/** Passes its input, or a fixed result, on. */
export async function runPass(attempt: Attempt): Promise<StateResult> {
  const { state, language } = attempt;
  if (language === "JSONata") return leave(attempt, attempt.input);
  if (state["Result"] !== undefined) return leave(attempt, noted(attempt, "result", state["Result"]));
  return leave(attempt, await argumentsOf(attempt));
}

/** Takes the first way whose rule holds. */
export async function runChoice(attempt: Attempt): Promise<StateResult> {
  const { state, language } = attempt;
  const input = effectiveInput(attempt);
  for (const rule of state.Choices ?? []) {
    const takes =
      language === "JSONata"
        ? (await fillValue(attempt, rule.Condition, "Condition", input)) === true
        : holds(rule, pathScope(attempt, input));
    if (takes) return leaveChoice(attempt, input, rule.Next!, rule);
  }
  if (state.Default === undefined) {
    throw new StatesError("States.NoChoiceMatched", "No choice condition was matched and there is no default");
  }
  return leaveChoice(attempt, input, state.Default, state);
}

async function leaveChoice(
  attempt: Attempt,
  input: unknown,
  next: string,
  rule: Readonly<Record<string, unknown>>,
): Promise<StateResult> {
  const { state, language } = attempt;
  const assigned = (await fillValue(attempt, rule["Assign"] ?? {}, "Assign", input)) as Record<string, unknown>;
  if (language === "JSONPath") {
    const path = state.OutputPath;
    return { output: selectPath(path, pathScope(attempt, input)), next, assigned };
  }
  const Output = rule["Output"] ?? state["Output"];
  return { output: Output === undefined ? input : await fillValue(attempt, Output, "Output", input), next, assigned };
}

/** Waits for a while, or for a time of the cloud's clock. The moment is fixed when the state is entered. */
export async function runWait(attempt: Attempt): Promise<StateResult> {
  const { run, key } = attempt;
  const input = effectiveInput(attempt);
  const dueMs =
    run.journal.recall<number>(`${key}:due`)?.value ?? run.journal.record(`${key}:due`, await dueOf(attempt, input));
  await sleepUntil(run, dueMs);
  if (attempt.language === "JSONata") return leave(attempt, input);
  const path = attempt.state.OutputPath;
  return {
    output: selectPath(path, pathScope(attempt, input)),
    assigned: await assignedBy(attempt, input, {}),
  };
}

async function dueOf(attempt: Attempt, input: unknown): Promise<number> {
  const { state, enteredMs, run } = attempt;
  const isSeconds = state["Seconds"] !== undefined || state["SecondsPath"] !== undefined;
  const dueMs = isSeconds ? enteredMs + (await secondsOf(attempt, input)) * 1000 : await instant(attempt, input);
  if (dueMs - run.cloud.clock.now() > LONGEST_WAIT_MS) throw runtimeError("Wait state delay is too long.");
  return dueMs;
}

const LONGEST_WAIT_MS = (2 ** 31 - 1) * 1000;

async function secondsOf(attempt: Attempt, input: unknown): Promise<number> {
  const seconds = await setting(attempt, "Seconds", input);
  if (typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 0 && seconds <= 99_999_999) return seconds;
  const path = attempt.state.SecondsPath;
  if (path !== undefined) {
    throw runtimeError(
      `The SecondsPath parameter cannot be parsed as a long value: ${path} == ${JSON.stringify(seconds)}`,
    );
  }
  const what = `The Seconds value must be a whole number of seconds, got ${JSON.stringify(seconds)}`;
  throw attempt.language === "JSONata" ? evaluationError(what, "Seconds") : runtimeError(what);
}

async function instant(attempt: Attempt, input: unknown): Promise<number> {
  const timestamp = await setting(attempt, "Timestamp", input);
  const dueMs = instantOf(timestamp);
  if (dueMs !== undefined) return dueMs;
  const shown = typeof timestamp === "string" ? timestamp : JSON.stringify(timestamp);
  const path = attempt.state.TimestampPath;
  const format = "ISO-8601 extended offset date-time format string";
  if (path === undefined) {
    throw evaluationError(`The Timestamp field cannot be parsed as an ${format}: ${shown}`, "Timestamp");
  }
  throw runtimeError(`The TimestampPath parameter does not reference a valid ${format}: ${path} == ${shown}`);
}

/** Ends its branch well. */
export async function runSucceed(attempt: Attempt): Promise<StateResult> {
  const input = effectiveInput(attempt);
  if (attempt.language === "JSONata") return leave(attempt, input);
  const path = attempt.state.OutputPath;
  return { output: selectPath(path, pathScope(attempt, input)) };
}

/** Ends the execution with an error. */
export async function runFail(attempt: Attempt): Promise<StateResult> {
  const input = effectiveInput(attempt);
  const error = await setting(attempt, "Error", input);
  const cause = await setting(attempt, "Cause", input);
  throw new FailStateError(error as string | undefined, cause as string | undefined);
}

/** What a Fail state says; its error may be without a name. */
export class FailStateError extends StatesError {
  readonly named: boolean;

  constructor(error: string | undefined, cause: string | undefined) {
    super(error ?? "", cause);
    this.named = error !== undefined;
  }
}
