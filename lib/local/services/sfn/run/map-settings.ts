import { evaluationError, type InterpreterError, MapSettingError, runtimeError } from "./states-error.ts";
import { type Attempt, fillValue, inState, pathScope, numericSetting } from "./scope.ts";
import { argumentsOf, effectiveInput } from "./data-flow.ts";
import { readValue } from "../data/payload-template.ts";

/** The value of `Items` or `ItemsPath`. */
export async function itemsOf(attempt: Attempt): Promise<unknown> {
  const { state, language } = attempt;
  const input = effectiveInput(attempt);
  if (language === "JSONata") {
    return state["Items"] === undefined ? input : await fillValue(attempt, state["Items"], "Items", input);
  }
  const path = state["ItemsPath"];
  return typeof path === "string" ? readValue(path, pathScope(attempt, input), "ItemsPath") : input;
}

/** The refusal of items that are not an array. */
export function notItems(attempt: Attempt, items: unknown): InterpreterError {
  const { state, language } = attempt;
  if (language === "JSONPath") {
    return runtimeError(inState(attempt, `Reference path "${state.ItemsPath ?? "$"}" must point to array.`));
  }
  const kind = items === null ? "null" : typeof items;
  const source = ((state["Items"] as string | undefined) ?? "").replaceAll(/^\{%\s*|\s*%\}$/g, "");
  const what = `The JSONata expression '${source}' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was '${kind}' for value: ${JSON.stringify(items)}`;
  return evaluationError(what, "Items");
}

/** `MaxConcurrency`; 0 where it is not set. */
export async function concurrencyOf(attempt: Attempt): Promise<number> {
  const most = (await numericSetting(attempt, attempt.state, "MaxConcurrency", effectiveInput(attempt))) ?? 0;
  if (typeof most === "number" && Number.isInteger(most) && most >= 0) return most;
  throw new MapSettingError(
    inState(attempt, `MaxConcurrency must be a whole number of 0 or more, got ${JSON.stringify(most)}`),
  );
}

/** `ItemSelector`, or `Parameters` as it was called before; `$` is the state's input. */
export async function itemInput(attempt: Attempt, item: unknown): Promise<unknown> {
  const { state } = attempt;
  if (state["ItemSelector"] !== undefined) {
    return fillValue(attempt, state["ItemSelector"], "ItemSelector", effectiveInput(attempt));
  }
  return state["Parameters"] === undefined ? item : argumentsOf(attempt);
}
