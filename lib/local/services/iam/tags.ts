import type { Checked } from "../../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-iam";
import { invalidInput, limitExceeded } from "./errors.ts";

const MOST_TAGS = 50;

/** The tags after some were set. Keys are unique without their case. */
export function addTags(before: readonly Checked<Tag>[], added: readonly Checked<Tag>[] = []): Checked<Tag>[] {
  const keys = added.map((tag) => tag.Key.toLowerCase());
  if (new Set(keys).size < keys.length)
    throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  if (keys.some((key) => key.startsWith("aws:"))) {
    throw invalidInput("System tags can not be modified by the requester.");
  }
  const tags = [...before.filter((tag) => !keys.includes(tag.Key.toLowerCase())), ...added];
  if (tags.length > MOST_TAGS) throw limitExceeded(`The number of tags has reached the maximum limit.`);
  return tags;
}

/** The tags after some were removed. */
export function removeTags(before: readonly Checked<Tag>[], keys: readonly string[] = []): Checked<Tag>[] {
  const removed = new Set(keys.map((key) => key.toLowerCase()));
  return before.filter((tag) => !removed.has(tag.Key.toLowerCase()));
}
