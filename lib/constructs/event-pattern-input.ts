import { Token } from "aws-cdk-lib";
import type { EventPattern } from "aws-cdk-lib/aws-events";
import { tryFindPatternProblem } from "../util/event-pattern/event-pattern.ts";
import { unknownPropProblems } from "./known-props.ts";

/**
 * An event pattern as EventBridge writes it, `{ "detail-type": ["Placed"], detail: { total: [{ numeric: [">", 100] }] } }`,
 * or as aws-cdk-lib writes it, `{ detailType: ["Placed"] }`.
 */
export type EventPatternInput = EventPattern | Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_PATTERN_CHARACTERS = 2_048;

/**
 * The fields of every event, and the operator over fields. A pattern with another one matches nothing.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
const EVENT_FIELDS = [
  "version",
  "id",
  "detail-type",
  "source",
  "account",
  "time",
  "region",
  "resources",
  "detail",
  "replay-name",
  "$or",
];

/** The pattern as EventBridge writes it. */
export function renderEventPattern(pattern: EventPatternInput): Record<string, unknown> {
  const written = Object.entries(pattern).map(([key, value]) => [key === "detailType" ? "detail-type" : key, value]);
  return Object.fromEntries(written);
}

/** What is wrong with a pattern, in EventBridge's words. `prop` is where it was given. */
export function eventPatternProblems(prop: string, given: EventPatternInput): string[] {
  const pattern = renderEventPattern(given);
  const unknown = unknownPropProblems(pattern, EVENT_FIELDS, prop);
  if (unknown.length > 0) return unknown;
  const problem = tryFindPatternProblem(pattern);
  if (problem !== undefined) return [`${prop}: ${problem}`];
  const text = JSON.stringify(pattern);
  // The length of a name that only CloudFormation knows is not known here.
  if (text.length <= MAX_PATTERN_CHARACTERS || Token.isUnresolved(text)) return [];
  return [
    `${prop}: has ${text.length} characters; ${MAX_PATTERN_CHARACTERS} are allowed. Split it over several rules.`,
  ];
}
