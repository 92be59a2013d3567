import { AwsError } from "../../aws-error.ts";

const ID = /^[A-Za-z0-9_-]{1,80}$/;
const MOST_ENTRIES = 10;

/** Refuses a batch as a whole where AWS does: empty, too many entries, invalid or repeated ids. */
export function checkBatch<T extends { readonly Id?: string | undefined }>(
  entries: readonly T[] | undefined,
): readonly T[] {
  if (entries === undefined || entries.length === 0) {
    throw new AwsError(
      "EmptyBatchRequest",
      "There should be at least one SendMessageBatchRequestEntry in the request.",
    );
  }
  if (entries.length > MOST_ENTRIES) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  const seen = new Set<string>();
  for (const { Id = "" } of entries) {
    if (!ID.test(Id)) {
      throw new AwsError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    }
    if (seen.has(Id)) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${Id} repeated.`);
    seen.add(Id);
  }
  return entries;
}
