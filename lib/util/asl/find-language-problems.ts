import type { AslState } from "./definition.ts";

/** A field or an expression that the state's query language does not allow, and where it is. */
export interface LanguageProblem {
  readonly code: "SCHEMA_VALIDATION_FAILED" | "INVALID_JSONATA_EXPRESSION" | "UNSUPPORTED_JSONATA_EXPRESSION";
  readonly message: string;
  readonly location: string;
}

/** Says what is wrong with a JSONata expression; undefined where nothing is. */
export type ExpressionCheck = (source: string) => Pick<LanguageProblem, "code" | "message"> | undefined;

const JSONPATH_ONLY = [
  "InputPath",
  "OutputPath",
  "ResultPath",
  "Parameters",
  "ResultSelector",
  "ItemsPath",
  "SecondsPath",
  "TimestampPath",
  "TimeoutSecondsPath",
  "HeartbeatSecondsPath",
  "ErrorPath",
  "CausePath",
  "MaxConcurrencyPath",
  "ToleratedFailureCountPath",
  "ToleratedFailurePercentagePath",
];
const JSONATA_ONLY = ["Arguments", "Output", "Items"];
/** They have states of their own. */
const NESTED = new Set(["ItemProcessor", "Iterator", "Branches"]);
const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/**
 * Fields and expressions that do not go with the state's language. States take the language of the whole machine or
 * say their own; what a Map or Parallel says does not count for the states within (measured against AWS,
 * https://github.com/floci-io/floci/issues/2968, as are the words).
 */
export function findLanguageProblems(
  state: AslState,
  machine: string,
  at: string,
  check?: ExpressionCheck,
): LanguageProblem[] {
  const problems: LanguageProblem[] = [];
  const schema = (message: string, location = at) =>
    problems.push({ code: "SCHEMA_VALIDATION_FAILED", message, location });
  const language = state.QueryLanguage ?? machine;
  if (machine === "JSONata" && state.QueryLanguage === "JSONPath") {
    schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  for (const name of ["ItemProcessor", "Iterator"] as const) {
    if (state[name]?.QueryLanguage !== undefined) schema("Field 'QueryLanguage' is not supported", `${at}/${name}`);
  }
  const [foreign, other] = language === "JSONata" ? [JSONPATH_ONLY, "JSONPath"] : [JSONATA_ONLY, "JSONata"];
  for (const field of foreign) {
    if (state[field] === undefined) continue;
    schema(
      `The QueryLanguage is set to '${language}', but field '${field}' is only supported for the '${other}' QueryLanguage`,
    );
  }
  if (language !== "JSONata" || check === undefined) return problems;
  for (const [field, value] of Object.entries(state)) {
    if (!NESTED.has(field)) findExpressionProblems(value, `${at}/${field}`, problems, check);
  }
  return problems;
}

function findExpressionProblems(
  value: unknown,
  location: string,
  problems: LanguageProblem[],
  check: ExpressionCheck,
): void {
  if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      findExpressionProblems(item, `${location}/${name}`, problems, check);
    }
    return;
  }
  const source = typeof value === "string" ? EXPRESSION.exec(value)?.[1] : undefined;
  const problem = source === undefined ? undefined : check(source);
  if (problem !== undefined) problems.push({ ...problem, location });
}
