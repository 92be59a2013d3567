import { AwsError } from "../../../aws-error.ts";
import { requireBucket, type Input, type S3 } from "../context.ts";

/**
 * Settings that cannot be made here and so are always absent. Tools read them when they inspect a bucket.
 */
export const listBucketAnalyticsConfigurations = listNone;
/** Lists nothing: the local cloud stores no such configuration. */
export const listBucketIntelligentTieringConfigurations = listNone;
/** Lists nothing: the local cloud stores no such configuration. */
export const listBucketInventoryConfigurations = listNone;
/** Lists nothing: the local cloud stores no such configuration. */
export const listBucketMetricsConfigurations = listNone;

/** `ReplicationConfigurationNotFoundError`: the local cloud does not replicate buckets. */
export function getBucketReplication(s3: S3, input: Input<"GetBucketReplication">): never {
  const { name } = requireBucket(s3, input.Bucket);
  throw new AwsError("ReplicationConfigurationNotFoundError", "The replication configuration was not found", {
    statusCode: 404,
    members: { BucketName: name },
  });
}

function listNone(s3: S3, input: { Bucket?: string | undefined }): { IsTruncated: false } {
  requireBucket(s3, input.Bucket);
  return { IsTruncated: false };
}
