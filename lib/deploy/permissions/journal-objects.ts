import { DEFAULT_QUALIFIER, journalBucketName, journalPrefix, journalStackName } from "../../assembly/journal-names.ts";
import { filled, type PermittedStack } from "./permitted-app.ts";

/** Where the journal of a stack's release is: the bucket for listing, the app's and stage's own objects for the rest. */
export function journalObjects(stack: PermittedStack, stage: string, action: string): string[] {
  const { release, account, region } = stack;
  if (release === undefined) return [];
  return objectsIn([journalBucketName(release.qualifier ?? DEFAULT_QUALIFIER, account, region)], stack, stage, action);
}

/** Where earlier versions of Tidegate kept the journal: among the app's assets. */
export function olderJournalObjects(stack: PermittedStack, stage: string, action: string): string[] {
  const named = stack.stack.assets.flatMap(({ destinations }) => destinations.map(({ bucketName }) => bucketName));
  return objectsIn([...new Set(named.map((name) => filled(name, stack)))], stack, stage, action);
}

/** The stack that makes the journal's bucket, where the caller makes it without a role of the bootstrap. */
export function journalStack({ stack, release, partition, region, account }: PermittedStack): string[] {
  if (release === undefined || stack.assumeRoleArn !== undefined) return [];
  const name = journalStackName(release.qualifier ?? DEFAULT_QUALIFIER);
  return [`arn:${partition}:cloudformation:${region}:${account}:stack/${name}/*`];
}

function objectsIn(
  buckets: readonly string[],
  { release, partition }: PermittedStack,
  stage: string,
  action: string,
): string[] {
  if (release === undefined) return [];
  const isOfBucket = action === "s3:ListBucket" || action === "s3:ListBucketVersions";
  const objects = isOfBucket ? "" : `/${journalPrefix(release.app)}${encodeURIComponent(stage)}/*`;
  return buckets.map((bucket) => `arn:${partition}:s3:::${bucket}${objects}`);
}
