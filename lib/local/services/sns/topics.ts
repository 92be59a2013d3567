import type { Checked } from "../../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-sns";
import type { RequestContext } from "../../service.ts";
import type { TopicRecord } from "./records.ts";
import { requireTopic, saveTopic, subscriptionKey, subscriptionsOf } from "./context.ts";
import type { Input, Output, Sns } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { isAwsError } from "../../aws-error.ts";
import { validateTags } from "./tags.ts";
import { readAttribute } from "./topic-attributes.ts";

const LONGEST_NAME = 256;

/** Creates a topic. The same name, attributes and tags return the same ARN. */
export function createTopic(sns: Sns, input: Input<"CreateTopic">, context: RequestContext): Output<"CreateTopic"> {
  const name = input.Name ?? "";
  const isFifo = input.Attributes?.["FifoTopic"] === "true";
  validateName(name, isFifo);
  const tags = validateTags(input.Tags ?? []);
  const { FifoTopic: _type, ...given } = input.Attributes ?? {};
  const attributes = readAttributes(given, isFifo);
  const there = sns.topics.get(`${context.region}/${name}`);
  if (there !== undefined) {
    refuseDifference(there, attributes, input.Tags);
    return { TopicArn: there.arn };
  }
  const arn = `arn:aws:sns:${context.region}:${context.account}:${name}`;
  saveTopic(sns, { arn, region: context.region, name, isFifo, attributes, tags, deletedSubscriptions: 0 });
  return { TopicArn: arn };
}

function validateName(name: string, isFifo: boolean): void {
  const base = isFifo ? name.replace(/\.fifo$/, "") : name;
  const isComplete = !isFifo || name.endsWith(".fifo");
  if (isComplete && name.length <= LONGEST_NAME && /^[\w-]+$/.test(base)) return;
  throw invalidParameter("Topic Name");
}

function readAttributes(given: Readonly<Record<string, string>>, isFifo: boolean): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [name, text] of Object.entries(given)) {
    const value = readAttribute(name, text, isFifo, "Attributes Reason: ");
    if (value !== undefined) read[name] = value;
  }
  return read;
}

/** Creating an existing topic is not an error as long as it would be the same one. */
function refuseDifference(
  there: TopicRecord,
  attributes: Readonly<Record<string, string>>,
  tags: readonly Checked<Tag>[] | undefined,
): void {
  const differs = Object.entries(attributes).some(([name, value]) => there.attributes[name] !== value);
  if (differs) throw invalidParameter("Attributes Reason: Topic already exists with different attributes");
  const known = new Map(there.tags.map((tag) => [tag.Key, tag.Value]));
  if (tags?.some((tag) => known.get(tag.Key) !== tag.Value)) {
    throw invalidParameter("Tags Reason: Topic already exists with different tags");
  }
}

/** Deletes a topic with all its subscriptions; one that is not there is deleted already. */
export function deleteTopic(sns: Sns, input: Input<"DeleteTopic">, context: RequestContext): object {
  const topic = tryRequireTopic(sns, context, input.TopicArn);
  if (topic === undefined) return {};
  const key = `${topic.region}/${topic.name}`;
  sns.cloud.store.transaction(() => {
    for (const subscription of subscriptionsOf(sns, topic)) sns.subscriptions.delete(subscriptionKey(subscription));
    for (const [each] of sns.deduplications.list(`${key}/`)) sns.deduplications.delete(each);
    sns.sequences.delete(key);
    sns.topics.delete(key);
  });
  return {};
}

function tryRequireTopic(sns: Sns, context: RequestContext, arn: string | undefined): TopicRecord | undefined {
  try {
    return requireTopic(sns, context, arn);
  } catch (error) {
    if (isAwsError(error, "NotFoundException")) return undefined;
    throw error;
  }
}
