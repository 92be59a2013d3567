import { placeIn } from "./pattern-error.ts";

/** Operators of event patterns that SNS does not know, alone and behind `anything-but`. Recorded from AWS in 2024. */
const UNKNOWN = "wildcard";
const UNKNOWN_BEHIND_ANYTHING_BUT = new Set(["suffix", "wildcard", "equals-ignore-case"]);

/** What is right in a rule of the event bus and not in a filter policy. `policy` is what `text` says. */
export function tryFindForeignOperator(text: string, policy: unknown): string | undefined {
  if (typeof policy !== "object" || policy === null) return undefined;
  if (!Array.isArray(policy)) return firstOf(Object.values(policy), (below) => tryFindForeignOperator(text, below));
  return firstOf(policy as unknown[], (each) => tryFindForeignAlternative(text, each));
}

function tryFindForeignAlternative(text: string, alternative: unknown): string | undefined {
  if (typeof alternative !== "object" || alternative === null) return undefined;
  const [[operator, operand] = ["", undefined]] = Object.entries(alternative);
  if (operator === UNKNOWN) return problem(text, `"${operator}"`, `Unrecognized match type ${operator}`);
  if (operator === "anything-but" && typeof operand === "object" && operand !== null) {
    const inner = Object.keys(operand).find((name) => UNKNOWN_BEHIND_ANYTHING_BUT.has(name));
    if (inner !== undefined) return problem(text, `"${inner}"`, `Unsupported anything-but pattern: ${inner}`);
  }
  // An alternative of `$or` is a policy of its own.
  return tryFindForeignOperator(text, alternative);
}

/** AWS's parser has read the first character of the operator's value when it complains. */
function problem(text: string, name: string, message: string): string {
  const behind = text.indexOf(name) + name.length;
  const gap = /^\s*:\s*./.exec(text.slice(behind))?.[0].length ?? 0;
  return `${message}${placeIn(text, behind + gap)}`;
}

function firstOf<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
