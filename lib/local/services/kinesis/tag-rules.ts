import { invalidArgument } from "./errors.ts";
import { RequestChecks } from "../../kit/request-checks.ts";

/** Keys and values. */
export type Tags = Readonly<Record<string, string>>;

/** A stream or consumer has at most 50 tags. */
export const MOST_TAGS = 50;

/** Refuses tags that Kinesis does not take; gives them back. */
export function checkTags(tags: Tags): Tags {
  for (const [key, value] of Object.entries(tags))
    new RequestChecks().length("tags.key", key, 1, 128).length("tags.value", value, 0, 256).done();
  const count = Object.keys(tags).length;
  if (count <= MOST_TAGS) return tags;
  throw invalidArgument(
    `Failed to add tags. A given resource cannot have more than ${MOST_TAGS} tags associated with it.`,
  );
}
