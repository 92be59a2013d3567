import { AwsError } from "../../../aws-error.ts";

const SHAPE = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const RESERVED = [/^xn--/, /^sthree-/, /^amzn-s3-demo-/, /-s3alias$/, /--ol-s3$/, /\.mrap$/, /--x-s3$/, /--table-s3$/];

/**
 * Refuses a name that S3 does not take for a general purpose bucket
 * (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
 */
export function validateBucketName(name: string): void {
  const wrong =
    !SHAPE.test(name) ||
    name.includes("..") ||
    /^\d+\.\d+\.\d+\.\d+$/.test(name) ||
    RESERVED.some((pattern) => pattern.test(name));
  if (!wrong) return;
  throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", { members: { BucketName: name } });
}
