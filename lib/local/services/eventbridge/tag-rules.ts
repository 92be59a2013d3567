import { invalid } from "./errors.ts";
import type { Tag } from "@aws-sdk/client-eventbridge";
import type { Checked } from "../../kit/checked.ts";

/** The most tags that a resource can have. */
export const MOST_TAGS = 50;

/** Refuses more than 50 tags, keys that occur twice, and keys that start with `aws:`. */
export function validateTags(tags: readonly Checked<Tag>[] | undefined): void {
  if ((tags?.length ?? 0) > MOST_TAGS) throw invalid(`The number of tags exceeds the limit of ${MOST_TAGS}.`);
  if (tags?.some((tag) => tag.Key?.startsWith("aws:"))) throw invalid("System tags cannot be added by the requester.");
}
