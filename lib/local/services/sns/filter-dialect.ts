import { placeIn } from "../../../util/event-pattern/pattern-error.ts";
import { AttributeProblem } from "./attribute-problem.ts";

/** Operators of event patterns that SNS does not know, alone and behind `anything-but`. Recorded from AWS in 2024. */
const UNKNOWN = "wildcard";
const UNKNOWN_BEHIND_ANYTHING_BUT = new Set(["suffix", "wildcard", "equals-ignore-case"]);

/** Refuses what is right in a rule of the event bus and not in a filter policy. `policy` is what `text` says. */
export function refuseForeignOperators(text: string, policy: unknown): void {
  if (typeof policy !== "object" || policy === null) return;
  if (!Array.isArray(policy)) {
    for (const below of Object.values(policy)) refuseForeignOperators(text, below);
    return;
  }
  for (const each of policy as unknown[]) refuseAlternative(text, each);
}

function refuseAlternative(text: string, alternative: unknown): void {
  if (typeof alternative !== "object" || alternative === null) return;
  const [[operator, operand] = ["", undefined]] = Object.entries(alternative);
  if (operator === UNKNOWN) throw problem(text, `"${operator}"`, `Unrecognized match type ${operator}`);
  if (operator === "anything-but" && typeof operand === "object" && operand !== null) {
    const inner = Object.keys(operand).find((name) => UNKNOWN_BEHIND_ANYTHING_BUT.has(name));
    if (inner !== undefined) throw problem(text, `"${inner}"`, `Unsupported anything-but pattern: ${inner}`);
  }
  // An alternative of `$or` is a policy of its own.
  refuseForeignOperators(text, alternative);
}

/** AWS's parser has read the first character of the operator's value when it complains. */
function problem(text: string, name: string, message: string): AttributeProblem {
  const behind = text.indexOf(name) + name.length;
  const gap = /^\s*:\s*./.exec(text.slice(behind))?.[0].length ?? 0;
  return new AttributeProblem(`FilterPolicy: ${message}${placeIn(text, behind + gap)}`);
}
