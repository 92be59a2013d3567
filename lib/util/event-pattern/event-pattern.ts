import { compilePattern } from "./compile-pattern.ts";
import { EventLevel, fits, itemsOf, type PatternNode } from "./pattern-node.ts";
import { MAX_JSON_DEPTH } from "../parse-json.ts";
import { EventPatternError } from "./pattern-error.ts";

/**
 * A compiled event pattern, as EventBridge rules, filters of event sources and SNS filter policies use them: each field
 * of the pattern must match; a list holds alternatives. Matching takes time in proportion to the sizes of pattern and
 * event: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export class EventPattern {
  readonly #root: PatternNode;

  /** Throws `EventPatternError` with the words of AWS's rule compiler. */
  constructor(text: string) {
    this.#root = compilePattern(text);
  }

  /** Whether an event, as JSON gives it, matches. */
  matches(event: unknown): boolean {
    return this.matchesPlain(toPlain(event));
  }

  /** The same for an event that `toPlain` has prepared, for matching one event with many patterns. */
  matchesPlain(plain: unknown): boolean {
    return fits(this.#root, plain, new EventLevel([plain]));
  }

  /** The strings of which a top-level field must be one, or undefined where the pattern allows more. */
  exactValues(field: string): readonly string[] | undefined {
    return this.#root.tests.get(field)?.exactly;
  }
}

/** An event in which names with dots are the steps that they join; most events are so as they are. */
export function toPlain(event: unknown): unknown {
  return hasDots(event) ? splitDots(event) : event;
}

/** What is wrong with a pattern, or undefined. */
export function tryFindPatternProblem(pattern: unknown): string | undefined {
  try {
    compiled(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof EventPatternError) return error.message;
    throw error;
  }
}

/** Whether the event matches the pattern, given as JSON text or as the parsed object. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return compiled(pattern).matches(event);
}

const MOST_COMPILED = 500;
const compiledByText = new Map<string, EventPattern>();

function compiled(pattern: unknown): EventPattern {
  const text = typeof pattern === "string" ? pattern : (JSON.stringify(pattern) ?? "");
  const known = compiledByText.get(text);
  if (known !== undefined) return known;
  const fresh = new EventPattern(text);
  if (compiledByText.size >= MOST_COMPILED) compiledByText.clear();
  compiledByText.set(text, fresh);
  return fresh;
}

function hasDots(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasDots);
  for (const name of Object.keys(value))
    if (name.includes(".") || hasDots((value as Record<string, unknown>)[name])) return true;
  return false;
}

/** An event in which a name with dots is the steps that it joins; what meets at one path is a list. */
function splitDots(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(splitDots);
  const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, each] of Object.entries(value)) {
    const steps = name.split(".");
    // No pattern goes as deep, so such a name matches nothing either way.
    const [first = "", ...rest] = steps.length > MAX_JSON_DEPTH ? [name] : steps;
    const below = rest.reduceRight<unknown>((inner, step) => ({ [step]: inner }), splitDots(each));
    plain[first] = first in plain ? merge(plain[first], below) : below;
  }
  return plain;
}

function merge(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return [...itemsOf(one), ...itemsOf(other)];
  const merged = Object.assign(Object.create(null), one) as Record<string, unknown>;
  for (const [name, value] of Object.entries(other))
    merged[name] = Object.hasOwn(merged, name) ? merge(merged[name], value) : value;
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
