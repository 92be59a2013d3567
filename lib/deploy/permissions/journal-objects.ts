import { filled, type PermittedStack } from "./permitted-app.ts";

/** Where the journal of a stack's release is: the bucket for listing, the app's and stage's own objects for the rest. */
export function journalObjects(stack: PermittedStack, stage: string, action: string): string[] {
  const { release, partition } = stack;
  if (release === undefined) return [];
  const named = stack.stack.assets.flatMap(({ destinations }) => destinations.map(({ bucketName }) => bucketName));
  const bucket = `arn:${partition}:s3:::${filled(named[0] ?? BOOTSTRAP_BUCKET, stack)}`;
  return [action === "s3:ListBucket" ? bucket : `${bucket}/tidegate/releases/${release.app}/${stage}/*`];
}

const BOOTSTRAP_BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}";
