import { parseFilter } from "./parse-filter.ts";
import type { ParsedPath, PathStep } from "./path-step.ts";
import { PathText } from "./path-text.ts";

/** The maximum number of steps in a path: no handwritten path has more. */
const MAX_STEPS = 500;

/**
 * Reads a JSONPath as Jayway's library does, with which Step Functions reads paths: `.name`, `['name','other']`, `[0,1]`,
 * `[1:3]`, `*`, `..` and `[?(…)]`. Throws a `PathError` with the place where it cannot be read.
 * https://github.com/json-path/JsonPath#operators
 */
export function parsePath(text: string): ParsedPath {
  const reader = new PathText(text);
  reader.expect("$");
  const steps: PathStep[] = [];
  while (!reader.isAtEnd) {
    steps.push(...parseStep(reader));
    if (steps.length > MAX_STEPS) reader.fail(`at most ${MAX_STEPS} steps`);
  }
  return { steps, isDefinite: steps.every(isDefiniteStep) };
}

function isDefiniteStep(step: PathStep): boolean {
  if (step.kind === "names") return step.names.length === 1;
  return step.kind === "indexes" && step.indexes.length === 1;
}

function parseStep(reader: PathText): PathStep[] {
  if (reader.tryTake("..")) {
    const next = reader.peek() === "[" ? parseBracket(reader) : parseName(reader);
    return [{ kind: "deep" }, next];
  }
  if (reader.tryTake(".")) return [parseName(reader)];
  if (reader.peek() === "[") return [parseBracket(reader)];
  return reader.fail("'.' or '['");
}

function parseName(reader: PathText): PathStep {
  if (reader.tryTake("*")) return { kind: "all" };
  return { kind: "names", names: [reader.takeName()] };
}

function parseBracket(reader: PathText): PathStep {
  reader.expect("[");
  reader.skipSpace();
  const step = parseInBrackets(reader);
  reader.skipSpace();
  reader.expect("]");
  return step;
}

function parseInBrackets(reader: PathText): PathStep {
  if (reader.tryTake("*")) return { kind: "all" };
  if (reader.tryTake("?")) return { kind: "filter", filter: parseFilter(reader, parsePath) };
  if (reader.isAtQuote) return { kind: "names", names: parseList(reader, () => reader.takeQuoted()) };
  if (reader.tryTake(":")) return { kind: "slice", from: undefined, to: reader.tryTakeInteger() };
  const first = reader.takeInteger();
  if (reader.tryTake(":")) return { kind: "slice", from: first, to: reader.tryTakeInteger() };
  return { kind: "indexes", indexes: [first, ...parseMore(reader, () => reader.takeInteger())] };
}

function parseList<T>(reader: PathText, take: () => T): T[] {
  return [take(), ...parseMore(reader, take)];
}

function parseMore<T>(reader: PathText, take: () => T): T[] {
  const found: T[] = [];
  for (reader.skipSpace(); reader.tryTake(","); reader.skipSpace()) {
    reader.skipSpace();
    found.push(take());
  }
  return found;
}
