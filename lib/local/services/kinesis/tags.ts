import { removeTagKeys } from "../../kit/tags.ts";
import type { Nothing } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import { requireStream, saveStream, type Input, type Kinesis, type Output, type StreamReference } from "./context.ts";
import { requireConsumerByArn } from "./consumers.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { checkTags, MOST_TAGS, type Tags } from "./tag-rules.ts";

/** The older form of `TagResource`, by the stream's name. */
export function addTagsToStream(kinesis: Kinesis, input: Input<"AddTagsToStream">, context: RequestContext): Nothing {
  new RequestChecks().required("tags", input.Tags).done();
  return changeStream(kinesis, input, context, (tags) => ({ ...tags, ...input.Tags }));
}

/** The older form of `UntagResource`, by the stream's name. */
export function removeTagsFromStream(
  kinesis: Kinesis,
  input: Input<"RemoveTagsFromStream">,
  context: RequestContext,
): Nothing {
  new RequestChecks().required("tagKeys", input.TagKeys).done();
  return changeStream(kinesis, input, context, (tags) => removeTagKeys(tags, input.TagKeys));
}

/** Lists a stream's tags, a page at a time. */
export function listTagsForStream(
  kinesis: Kinesis,
  input: Input<"ListTagsForStream">,
  context: RequestContext,
): Output<"ListTagsForStream"> {
  new RequestChecks().range("limit", input.Limit, 1, 50).done();
  const { tags } = requireStream(kinesis, input, context);
  const rest = toList(tags).filter(({ Key }) => Key > (input.ExclusiveStartTagKey ?? ""));
  const Tags = rest.slice(0, input.Limit ?? MOST_TAGS);
  return { Tags, HasMoreTags: Tags.length < rest.length };
}

/** Of a stream or of a consumer. */
export function tagResource(kinesis: Kinesis, input: Input<"TagResource">, context: RequestContext): Nothing {
  return changeResource(kinesis, input.ResourceARN, context, (tags) => ({ ...tags, ...input.Tags }));
}

/** Removes tags from a stream or consumer. Keys that it does not have are ignored. */
export function untagResource(kinesis: Kinesis, input: Input<"UntagResource">, context: RequestContext): Nothing {
  return changeResource(kinesis, input.ResourceARN, context, (tags) => removeTagKeys(tags, input.TagKeys));
}

/** Returns the tags of a stream or consumer, by ARN. */
export function listTagsForResource(
  kinesis: Kinesis,
  { ResourceARN }: Input<"ListTagsForResource">,
  context: RequestContext,
): Output<"ListTagsForResource"> {
  const resource = isConsumer(ResourceARN)
    ? requireConsumerByArn(kinesis, ResourceARN)
    : requireStream(kinesis, { StreamARN: ResourceARN }, context);
  return { Tags: toList(resource.tags) };
}

function changeResource(kinesis: Kinesis, arn = "", context: RequestContext, next: (tags: Tags) => Tags): Nothing {
  if (!isConsumer(arn)) return changeStream(kinesis, { StreamARN: arn }, context, next);
  const consumer = requireConsumerByArn(kinesis, arn);
  kinesis.consumers.put(arn, { ...consumer, tags: checkTags(next(consumer.tags)) });
  return {};
}

function changeStream(
  kinesis: Kinesis,
  reference: StreamReference,
  context: RequestContext,
  next: (tags: Tags) => Tags,
): Nothing {
  const stream = requireStream(kinesis, reference, context);
  saveStream(kinesis, { ...stream, tags: checkTags(next(stream.tags)) });
  return {};
}

function isConsumer(arn: string): boolean {
  return arn.includes("/consumer/");
}

function toList(tags: Tags) {
  return Object.entries(tags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
}
