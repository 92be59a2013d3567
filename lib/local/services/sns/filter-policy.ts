import { matchesPattern, tryFindPatternProblem } from "../../../util/event-pattern/event-pattern.ts";
import { parseAttributeJson } from "./attribute-json.ts";
import { AttributeProblem } from "./attribute-problem.ts";
import { refuseForeignOperators } from "./filter-dialect.ts";
import type { MessageAttribute, PublishedMessage, SubscriptionRecord } from "./records.ts";

const MOST_KEYS = 5;
const MOST_COMBINATIONS = 150;

type Policy = Readonly<Record<string, unknown>>;

/** A filter policy's text as it is kept; an empty one lets everything through, and is not kept. */
export function readFilterPolicy(text: string, scope: string): string | undefined {
  if (text === "") return undefined;
  const policy = parseAttributeJson("FilterPolicy", text);
  if (isEmptyObject(policy)) return undefined;
  const problem = tryFindPatternProblem(text);
  if (problem !== undefined) throw new AttributeProblem(`FilterPolicy: ${problem}`);
  refuseForeignOperators(text, policy);
  const size = measure(policy as Policy, 1);
  if (size.depth > 1 && scope !== "MessageBody") {
    throw new AttributeProblem(
      "FilterPolicy: Filter policy scope MessageAttributes does not support nested filter policy",
    );
  }
  if (size.keys > MOST_KEYS) {
    throw new AttributeProblem(`FilterPolicy: Filter policy can not have more than ${MOST_KEYS} keys`);
  }
  if (size.combinations > MOST_COMBINATIONS) throw new AttributeProblem("FilterPolicy: Filter policy is too complex");
  return text;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

interface PolicySize {
  readonly keys: number;
  readonly combinations: number;
  readonly depth: number;
}

/**
 * Each key counts its values times its level; keys multiply, alternatives of `$or` add up.
 * https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
function measure(policy: Policy, level: number): PolicySize {
  const total = { keys: 0, combinations: 1, depth: level };
  for (const [key, value] of Object.entries(policy)) {
    const size = measureValue(key, value, level);
    total.keys += size.keys;
    total.combinations *= size.combinations;
    total.depth = Math.max(total.depth, size.depth);
  }
  return total;
}

function measureValue(key: string, value: unknown, level: number): PolicySize {
  if (!Array.isArray(value)) return measure(value as Policy, level + 1);
  if (key !== "$or") return { keys: 1, combinations: value.length * level, depth: level };
  const branches = value.map((branch) => measure(branch as Policy, level));
  return {
    keys: branches.reduce((sum, { keys }) => sum + keys, 0),
    combinations: branches.reduce((sum, { combinations }) => sum + combinations, 0),
    depth: Math.max(...branches.map(({ depth }) => depth)),
  };
}

/** Whether a subscription's filter lets a message through. */
export function wants({ attributes }: SubscriptionRecord, message: PublishedMessage): boolean {
  const policy = attributes["FilterPolicy"];
  if (policy === undefined) return true;
  const scope = attributes["FilterPolicyScope"] ?? "MessageAttributes";
  const subject = scope === "MessageBody" ? tryReadBody(message.text) : readAttributes(message.attributes);
  return subject !== undefined && matchesPattern(policy, subject);
}

/** A body that is no JSON object passes no filter. */
function tryReadBody(text: string): object | undefined {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === "object" && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The attributes as an object for the pattern: numbers are numbers, a `String.Array` is its items. */
function readAttributes(attributes: Readonly<Record<string, MessageAttribute>>): object {
  const read = Object.create(null) as Record<string, unknown>;
  for (const [name, { DataType = "", StringValue }] of Object.entries(attributes)) {
    if (StringValue === undefined) continue;
    if (DataType.startsWith("Number")) read[name] = Number(StringValue);
    else if (DataType === "String.Array") read[name] = readArray(StringValue);
    else read[name] = StringValue;
  }
  return read;
}

function readArray(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
