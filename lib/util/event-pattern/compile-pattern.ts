import { refuse, type PatternReader } from "./pattern-reader.ts";
import { MAX_JSON_DEPTH } from "../parse-json.ts";
import { tryParseIp } from "./ip-range.ts";
import { JsonTokens } from "./json-tokens.ts";
import { parseMatch } from "./parse-match.ts";
import { buildNode, type PatternNode, type FieldTest } from "./pattern-node.ts";
import { isOneOf, type Scalar, type ValueTest } from "./value-test.ts";

const RESERVED_IN_OR = new Set(
  [
    "exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex",
    "not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range",
    "ip-address-in-range ip-address-not-in-range",
  ].flatMap((names) => names.split(" ")),
);

/** Reads a pattern into the tree that is matched. Throws `EventPatternError`. */
export function compilePattern(text: string): PatternNode {
  const reader: PatternReader = { tokens: new JsonTokens(text), path: [] };
  const start = reader.tokens.next();
  if (start.kind !== "{") refuse(reader, start, "Filter is not an object");
  return parseObject(reader, false);
}

function parseObject(reader: PatternReader, isInOr: boolean): PatternNode {
  const node = buildNode();
  let token = reader.tokens.next();
  const isEmpty = token.kind === "}";
  for (; token.kind === "field"; token = reader.tokens.next()) {
    if (token.text === "$or") node.ors.push(parseOr(reader));
    else if (isInOr && RESERVED_IN_OR.has(token.text))
      refuse(reader, token, `${token.text} is Ruler reserved fieldName which cannot be used inside $or.`);
    else parseField(reader, node, token.text, isInOr);
  }
  if (isEmpty) refuse(reader, token, "Empty objects are not allowed");
  return node;
}

function parseField(reader: PatternReader, node: PatternNode, name: string, isInOr: boolean): void {
  const value = reader.tokens.next();
  if (value.kind !== "{" && value.kind !== "[") {
    reader.path.push(name);
    refuse(reader, value, `"${name}" must be an object or an array`);
  }
  reader.path.push(name);
  // A dot in a name joins as a step does: AWS flattens both to the same path.
  const steps = name.split(".");
  if (steps.length > MAX_JSON_DEPTH) refuse(reader, value, `A field's path has at most ${MAX_JSON_DEPTH} steps`);
  if (value.kind === "{") node.addNode(steps, parseObject(reader, isInOr));
  else node.addTest(steps, parseAlternatives(reader));
  reader.path.pop();
}

function parseOr(reader: PatternReader): PatternNode[] {
  const start = reader.tokens.next();
  if (start.kind !== "[") refuse(reader, start, "It must be an Array followed with $or.");
  reader.path.push("$or");
  const branches: PatternNode[] = [];
  let token = reader.tokens.next();
  for (; token.kind !== "]"; token = reader.tokens.next()) {
    if (token.kind !== "{") refuse(reader, token, "Only JSON object is allowed in array of $or relationship.");
    branches.push(parseObject(reader, true));
  }
  if (branches.length < 2) refuse(reader, token, "There must have at least 2 Objects in $or relationship.");
  reader.path.pop();
  return branches;
}

function parseAlternatives(reader: PatternReader): FieldTest {
  const tests: ValueTest[] = [];
  const literals: Scalar[] = [];
  let mayBeAbsent = false;
  let isEmpty = true;
  let token = reader.tokens.next();
  for (; token.kind !== "]"; token = reader.tokens.next()) {
    isEmpty = false;
    if (token.kind === "{") {
      const test = parseMatch(reader);
      if (test === "absent") mayBeAbsent = true;
      else tests.push(test);
      continue;
    }
    if (token.kind === "[") refuse(reader, token, "Match value must be String, number, true, false, or null");
    literals.push(token.kind === "string" ? token.text : (JSON.parse(token.text) as Scalar));
  }
  if (isEmpty) refuse(reader, token, "Empty arrays are not allowed");
  const isExact = !mayBeAbsent && tests.length === 0 && literals.every(isPlainText);
  if (literals.length > 0) tests.unshift(isOneOf(literals));
  return { tests, mayBeAbsent, exactly: isExact ? (literals as string[]) : undefined };
}

/** A string that can equal no other: addresses have several spellings. */
function isPlainText(literal: Scalar): boolean {
  return typeof literal === "string" && tryParseIp(literal) === undefined;
}
