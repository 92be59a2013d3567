import type { Checked } from "../../kit/checked.ts";
import { addTags, removeTags } from "../../kit/tags.ts";
import type { Tag } from "@aws-sdk/client-sns";
import { AwsError, isAwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import type { TopicRecord } from "./records.ts";
import { requireTopic, saveTopic, type Input, type Output, type Sns } from "./context.ts";
import { invalidParameter } from "./errors.ts";

const MOST_TAGS = 50;

/** Refuses tags that SNS does not take; gives them back. */
export function validateTags(tags: readonly Checked<Tag>[]): readonly Checked<Tag>[] {
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length) {
    throw invalidParameter("Duplicated keys are not allowed.");
  }
  if (tags.length > MOST_TAGS) {
    throw new AwsError("TagLimitExceededException", "Could not complete request: tag quota of per resource exceeded");
  }
  return tags;
}

/** Returns a topic's tags. */
export function listTagsForResource(
  sns: Sns,
  input: Input<"ListTagsForResource">,
  context: RequestContext,
): Output<"ListTagsForResource"> {
  return { Tags: [...requireTagged(sns, context, input.ResourceArn).tags] };
}

/** Adds tags to a topic, or overwrites them: at most 50. */
export function tagResource(sns: Sns, input: Input<"TagResource">, context: RequestContext): object {
  const topic = requireTagged(sns, context, input.ResourceArn);
  const added = validateTags(input.Tags ?? []);
  const tags = validateTags(addTags(topic.tags, added));
  saveTopic(sns, { ...topic, tags });
  return {};
}

/** Removes tags by their keys. Keys that the topic does not have are ignored. */
export function untagResource(sns: Sns, input: Input<"UntagResource">, context: RequestContext): object {
  const topic = requireTagged(sns, context, input.ResourceArn);
  saveTopic(sns, { ...topic, tags: removeTags(topic.tags, input.TagKeys) });
  return {};
}

function requireTagged(sns: Sns, context: RequestContext, arn: string | undefined): TopicRecord {
  try {
    return requireTopic(sns, context, arn);
  } catch (error) {
    if (!isAwsError(error, "NotFoundException")) throw error;
    throw new AwsError("ResourceNotFoundException", "Resource does not exist");
  }
}
