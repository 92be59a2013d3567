import { invalidPattern } from "./pattern-refusals.ts";

/** The way to a value in a JSON message: names, indexes, and `*` for every element. */
export type JsonSelector = readonly (string | number)[];

const STEP = /\.([A-Za-z0-9_@$-]+)|\.?\[(?:"([^"]*)"|'([^']*)'|(\d+)|(\*))\]/y;

/** `$.a.b[0]`, `$.['a.b']`, `$.list[*].name`. */
export function readSelector(text: string): JsonSelector {
  const steps: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (!match) throw invalidPattern();
    steps.push(match[4] === undefined ? (match[1] ?? match[2] ?? match[3] ?? "*") : Number(match[4]));
  }
  if (!text.startsWith("$") || steps.length === 0) throw invalidPattern();
  return steps;
}

/** All values that the selector finds; none where the message has no such place. */
export function select(root: unknown, selector: JsonSelector): unknown[] {
  let found: unknown[] = [root];
  for (const step of selector) found = found.flatMap((value) => stepInto(value, step));
  return found;
}

function stepInto(value: unknown, step: string | number): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (step === "*") return Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof step === "number") return Array.isArray(value) && step < value.length ? [value[step] as unknown] : [];
  return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
}
