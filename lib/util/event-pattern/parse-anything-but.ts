import { buildWildcardTest, refuse, type PatternReader } from "./pattern-reader.ts";
import type { JsonToken } from "./json-tokens.ts";
import { EventPatternError, placeIn } from "./pattern-error.ts";
import {
  equalsIgnoringCase,
  hasPrefix,
  hasSuffix,
  isExactly,
  isNoneOf,
  isOneOf,
  type Scalar,
  type ValueTest,
} from "./value-test.ts";

const NOT_A_VALUE = "Value of anything-but must be an array or single string/number value.";
const NOT_IN_LIST = "Inside anything but list, start|null|boolean is not supported.";
const MIXED = "Inside anything but list, either all values are number or string, mixed type is not supported";

interface InnerOperator {
  readonly notText: string;
  readonly notEmpty?: string;
  build(reader: PatternReader, token: JsonToken): ValueTest;
}

const AFFIX = { notText: "prefix/suffix match pattern must be a string", notEmpty: "Null prefix/suffix not allowed" };

const INNER: ReadonlyMap<string, InnerOperator> = new Map<string, InnerOperator>([
  ["prefix", { ...AFFIX, build: (_reader, { text }) => hasPrefix(text) }],
  ["suffix", { ...AFFIX, build: (_reader, { text }) => hasSuffix(text) }],
  ["wildcard", { notText: "wildcard match pattern must be a string", build: buildWildcardTest }],
  [
    "equals-ignore-case",
    {
      notText: "Inside anything-but/ignore-case list, number|start|null|boolean is not supported.",
      build: (_reader, { text }) => equalsIgnoringCase(text),
    },
  ],
]);

/** Reads what is excluded: a value, a list of values of one kind, or one of the operators with a value or a list. */
export function parseAnythingBut(reader: PatternReader): ValueTest {
  const token = reader.tokens.next();
  if (token.kind === "{") return parseInner(reader);
  if (token.kind === "[") return parseValues(reader);
  if (token.kind !== "string" && token.kind !== "number") return refuse(reader, token, NOT_A_VALUE);
  return isNoneOf([isExactly(valueOf(token))]);
}

function parseValues(reader: PatternReader): ValueTest {
  const excluded: Scalar[] = [];
  const kinds = new Set<string>();
  let token = reader.tokens.next();
  for (; token.kind !== "]"; token = reader.tokens.next()) {
    if (token.kind !== "string" && token.kind !== "number") refuseInList(reader, token, NOT_IN_LIST);
    kinds.add(token.kind);
    excluded.push(valueOf(token));
  }
  if (kinds.size !== 1) refuse(reader, token, MIXED);
  return isNoneOf([isOneOf(excluded)]);
}

function parseInner(reader: PatternReader): ValueTest {
  const name = reader.tokens.next();
  if (name.kind !== "field") return refuse(reader, name, "Anything-But expression name not found");
  const operator = INNER.get(name.text);
  if (operator === undefined) return refuse(reader, name, `Unsupported anything-but pattern: ${name.text}`);
  const tests = parseOperands(reader, operator);
  const end = reader.tokens.next();
  if (end.kind !== "}") refuse(reader, end, "Only one key allowed in match expression");
  return isNoneOf(tests);
}

function parseOperands(reader: PatternReader, operator: InnerOperator): ValueTest[] {
  const token = reader.tokens.next();
  if (token.kind !== "[") {
    if (token.kind === "number") refuse(reader, token, operator.notText);
    if (token.kind !== "string") refuse(reader, token, NOT_A_VALUE);
    return [buildOperand(reader, operator, token)];
  }
  const tests: ValueTest[] = [];
  for (let each = reader.tokens.next(); each.kind !== "]"; each = reader.tokens.next()) {
    if (each.kind !== "string") refuseInList(reader, each, operator.notText);
    tests.push(buildOperand(reader, operator, each));
  }
  return tests;
}

function buildOperand(reader: PatternReader, operator: InnerOperator, token: JsonToken): ValueTest {
  if (token.text === "" && operator.notEmpty !== undefined) refuse(reader, token, operator.notEmpty, true);
  return operator.build(reader, token);
}

/** AWS complains about a complaint here, and so names the place twice. */
function refuseInList(reader: PatternReader, token: JsonToken, message: string): never {
  const place = placeIn(reader.tokens.text, token.metAt);
  throw new EventPatternError(`${message}${place}${place}`, reader.path);
}

function valueOf(token: JsonToken): string | number {
  return token.kind === "number" ? Number(token.text) : token.text;
}
