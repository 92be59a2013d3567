import { AwsError } from "../../../aws-error.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { malformedXml } from "../errors.ts";

/** Enables or suspends versioning, which cannot be switched off again. */
export function putBucketVersioning(s3: S3, input: Input<"PutBucketVersioning">): object {
  const bucket = requireBucket(s3, input.Bucket);
  const status = input.VersioningConfiguration?.Status;
  if (status === undefined) {
    throw new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified");
  }
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  if (status === "Suspended" && bucket.objectLock) {
    throw new AwsError(
      "InvalidBucketState",
      "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
      { statusCode: 409 },
    );
  }
  s3.buckets.put(bucket.name, { ...bucket, versioning: status });
  return {};
}

/** Returns a bucket's versioning state; empty where it was never enabled. */
export function getBucketVersioning(s3: S3, input: Input<"GetBucketVersioning">): Output<"GetBucketVersioning"> {
  const { versioning } = requireBucket(s3, input.Bucket);
  return versioning === undefined ? {} : { Status: versioning };
}
