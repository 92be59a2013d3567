import type { AslChoice } from "../../../../util/asl/definition.ts";
import { runtimeError } from "../run/states-error.ts";
import { type PathScope, readValue, tryReadValue } from "./payload-template.ts";

/** Whether a rule of a JSONPath choice holds (ASL specification, "Choice Rules"). */
export function holds(rule: AslChoice, scope: PathScope): boolean {
  if (rule.And !== undefined) return rule.And.every((inner) => holds(inner, scope));
  if (rule.Or !== undefined) return rule.Or.some((inner) => holds(inner, scope));
  if (rule.Not !== undefined) return !holds(rule.Not, scope);
  const operator = Object.keys(rule).find((name) => !NO_OPERATORS.has(name));
  if (operator === undefined || rule.Variable === undefined) throw runtimeError("A choice rule has no comparison");
  const found = tryReadValue(rule.Variable, scope);
  if (operator === "IsPresent") return (found !== undefined) === rule[operator];
  if (found === undefined) {
    throw runtimeError(
      `Invalid path '${rule.Variable}': The choice state's condition path references an invalid value.`,
    );
  }
  return compare(operator, found.value, rule[operator], scope);
}

const NO_OPERATORS = new Set(["Variable", "Next", "Assign", "Comment"]);

function compare(operator: string, value: unknown, given: unknown, scope: PathScope): boolean {
  const test = TYPE_TESTS[operator];
  if (test !== undefined) return test(value) === given;
  if (operator === "StringMatches") return typeof value === "string" && matchesWildcards(value, String(given));
  const name = operator.replace(/Path$/, "");
  const wanted = operator.endsWith("Path") ? readValue(String(given), scope, operator) : given;
  const parts =
    /^(String|Numeric|Boolean|Timestamp)(Equals|LessThanEquals|GreaterThanEquals|LessThan|GreaterThan)$/.exec(name);
  if (parts === null) throw runtimeError(`Unknown choice operator ${operator}`);
  const [, kind, relation] = parts;
  const left = READERS[kind!]!(value);
  const right = READERS[kind!]!(wanted);
  if (left === undefined || right === undefined) return false;
  return RELATIONS[relation!]!(left, right);
}

type Comparable = string | number | boolean;

const TYPE_TESTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === "string",
  IsNumeric: (value) => typeof value === "number",
  IsBoolean: (value) => typeof value === "boolean",
  IsTimestamp: (value) => instantOf(value) !== undefined,
};

const READERS: Readonly<Record<string, (value: unknown) => Comparable | undefined>> = {
  String: (value) => (typeof value === "string" ? value : undefined),
  Numeric: (value) => (typeof value === "number" ? value : undefined),
  Boolean: (value) => (typeof value === "boolean" ? value : undefined),
  Timestamp: (value) => instantOf(value),
};

const RELATIONS: Readonly<Record<string, (left: Comparable, right: Comparable) => boolean>> = {
  Equals: (left, right) => left === right,
  LessThan: (left, right) => left < right,
  LessThanEquals: (left, right) => left <= right,
  GreaterThan: (left, right) => left > right,
  GreaterThanEquals: (left, right) => left >= right,
};

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds of a timestamp of RFC 3339 as the ASL takes it, with `T` and a zone; undefined for anything else. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value !== "string" || !TIMESTAMP.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `*` matches any run of characters, `\*` only itself. At worst linear in the product of both lengths. */
function matchesWildcards(value: string, pattern: string): boolean {
  const parts = [""];
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === "\\" && at + 1 < pattern.length) parts[parts.length - 1] += pattern[++at]!;
    else if (pattern[at] === "*") parts.push("");
    else parts[parts.length - 1] += pattern[at]!;
  }
  if (parts.length === 1) return value === parts[0];
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let from = first.length;
  const end = value.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
