import { DeleteStackCommand, waitUntilStackDeleteComplete } from "@aws-sdk/client-cloudformation";
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from "@aws-sdk/client-s3";
import {
  DEFAULT_QUALIFIER,
  journalBucketName,
  journalPrefix,
  journalStackName,
} from "../../lib/assembly/journal-names.ts";
import { type Account, PREFIX } from "./account.ts";

const STACK_LIMIT_S = 900;

/**
 * Removes the run's journals, and the bucket with its stack where no other app's journal is in it: the account may have
 * had both before the run. Answers what was removed.
 */
export async function removeJournals(account: Account): Promise<string[]> {
  const { account: id } = await account.identify();
  const Bucket = journalBucketName(DEFAULT_QUALIFIER, id, account.options.region);
  const StackName = journalStackName(DEFAULT_QUALIFIER);
  const own = journalPrefix(PREFIX);
  const removed: string[] = [];
  for (;;) {
    const page = await listVersions(account, Bucket, own);
    if (page === undefined) return removed;
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    for (const { Key, VersionId } of found) {
      await account.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      if (Key !== undefined && !removed.includes(Key)) removed.push(Key);
    }
    if (found.length === 0) break;
  }
  const left = await listVersions(account, Bucket, "");
  const others = (left?.Versions ?? []).length + (left?.DeleteMarkers ?? []).length;
  if (others > 0) return removed;
  const client = account.cloudformation;
  await client.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete({ client, maxWaitTime: STACK_LIMIT_S }, { StackName });
  // The stack leaves its bucket behind.
  await account.s3.send(new DeleteBucketCommand({ Bucket }));
  return [...removed, StackName, Bucket];
}

/** Undefined where there is no such bucket. */
async function listVersions(
  { s3 }: Account,
  Bucket: string,
  Prefix: string,
): Promise<ListObjectVersionsCommandOutput | undefined> {
  try {
    return await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchBucket") return undefined;
    throw error;
  }
}
