import { invalid } from "./errors.ts";
import type { Tag } from "@aws-sdk/client-scheduler";
import { requireValid } from "../../kit/require-valid.ts";
import type { Checked } from "../../kit/checked.ts";

/** The most tags that a resource can have. */
export const MOST_TAGS = 200;

/** Refuses more than 200 tags, and keys or values that are too long. */
export function requireTags(tags: readonly Checked<Tag>[] | undefined): void {
  if ((tags?.length ?? 0) > MOST_TAGS) throw invalid(`The number of tags exceeds the limit of ${MOST_TAGS}.`);
  requireValid(
    ...(tags ?? []).flatMap((tag, index) => [
      { member: `tags.${index + 1}.member.key`, value: tag.Key, min: 1, max: 128, isRequired: true },
      { member: `tags.${index + 1}.member.value`, value: tag.Value, min: 1, max: 256, isRequired: true },
    ]),
  );
}
