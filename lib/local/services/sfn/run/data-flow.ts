import { putAt } from "../data/json-path.ts";
import { selectPath } from "../data/payload-template.ts";
import { type Attempt, fill, pathScope, type StateResult } from "./scope.ts";

/** The state's effective input: `InputPath` in JSONPath, the input itself in JSONata. */
export function effectiveInput(attempt: Attempt): unknown {
  if (attempt.language === "JSONata") return attempt.input;
  const path = attempt.state.InputPath;
  return noted(attempt, "afterInputPath", selectPath(path, pathScope(attempt, attempt.input)));
}

/** What the state's work is given: `Arguments` or `Parameters`, or its input. */
export async function argumentsOf(attempt: Attempt): Promise<unknown> {
  const input = effectiveInput(attempt);
  const field = attempt.language === "JSONata" ? "Arguments" : "Parameters";
  const given = attempt.state[field] === undefined ? input : await fill(attempt, field, input);
  if (field === "Arguments" && attempt.state[field] === undefined) return given;
  return noted(attempt, `after${field}`, given);
}

/** Records the present data for `TestState`. */
export function noted<T>({ trial }: Attempt, name: string, value: T): T {
  if (trial !== undefined) trial.seen[name] = value;
  return value;
}

/** What the state passes on of its result: `Output` in JSONata; `ResultSelector`, `ResultPath`, `OutputPath` else. */
export async function leave(attempt: Attempt, result: unknown, next?: string): Promise<StateResult> {
  const { state, input, language } = attempt;
  if (language === "JSONata") {
    const more = { result };
    const output = state["Output"] === undefined ? result : await fill(attempt, "Output", input, more);
    return { output, next, assigned: await assignedBy(attempt, input, more) };
  }
  const selected = state["ResultSelector"] === undefined ? result : await fill(attempt, "ResultSelector", result);
  noted(attempt, "afterResultSelector", selected);
  const path = state.ResultPath;
  const combined = noted(attempt, "afterResultPath", path === null ? input : putAt(path ?? "$", input, selected));
  const output = selectPath(state.OutputPath, pathScope(attempt, combined));
  return { output, next, assigned: await assignedBy(attempt, selected, {}) };
}

/** `Assign`: the variables that the state sets. */
export async function assignedBy(
  attempt: Attempt,
  input: unknown,
  more: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  if (attempt.state["Assign"] === undefined) return {};
  return (await fill(attempt, "Assign", input, more)) as Record<string, unknown>;
}
