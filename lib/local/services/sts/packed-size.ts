import type { Checked } from "../../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-sts";

/** What AWS allows a session to carry in policies and tags, packed. */
const ALLOWED_BYTES = 2048;

/** The share of what a session may carry, in percent; AWS packs in a way of its own, so this is close and no more. */
export function packedPercent({ Policy, Tags }: { Policy?: string; Tags?: Checked<Tag>[] }): number {
  const tags = (Tags ?? []).reduce((sum, { Key, Value }) => sum + Key.length + Value.length, 0);
  const bytes = Buffer.byteLength(Policy ?? "") + tags;
  return Math.min(100, Math.ceil((bytes / ALLOWED_BYTES) * 100));
}
