import { matchesPattern } from "../../../util/event-pattern/event-pattern.ts";
import { tryFindFilterProblem } from "../../../util/event-pattern/filter-policy.ts";
import { parseAttributeJson } from "./attribute-json.ts";
import { AttributeProblem } from "./attribute-problem.ts";
import type { MessageAttribute, PublishedMessage, SubscriptionRecord } from "./records.ts";
import { parseJson } from "../../../util/parse-json.ts";

/** A filter policy's text as it is kept; an empty one lets everything through, and is not kept. */
export function readFilterPolicy(text: string, scope: string): string | undefined {
  if (text === "") return undefined;
  const policy = parseAttributeJson("FilterPolicy", text);
  if (isEmptyObject(policy)) return undefined;
  const problem = tryFindFilterProblem(text, scope);
  if (problem !== undefined) throw new AttributeProblem(`FilterPolicy: ${problem}`);
  return text;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** Whether a subscription's filter lets a message through. */
export function wants({ attributes }: SubscriptionRecord, message: PublishedMessage): boolean {
  const policy = attributes["FilterPolicy"];
  if (policy === undefined) return true;
  const scope = attributes["FilterPolicyScope"] ?? "MessageAttributes";
  const subject = scope === "MessageBody" ? tryReadBody(message.text) : readAttributes(message.attributes);
  return subject !== undefined && matchesPattern(policy, subject);
}

/** A body that is not a JSON object passes no filter. */
function tryReadBody(text: string): object | undefined {
  try {
    const body = parseJson(text);
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
    return parseJson(text);
  } catch {
    return text;
  }
}
