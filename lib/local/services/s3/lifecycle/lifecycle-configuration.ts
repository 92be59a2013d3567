import type { Checked } from "../../../kit/checked.ts";
import type { LifecycleRule } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { AwsError } from "../../../aws-error.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";

const DEFAULT_MINIMUM = "all_storage_classes_128K";
const MINIMUMS = new Set<string>([DEFAULT_MINIMUM, "varies_by_storage_class"]);
const DAY_MS = 86_400_000;

/** Replaces a bucket's lifecycle rules: at most 1,000. */
export function putBucketLifecycleConfiguration(
  s3: S3,
  input: Input<"PutBucketLifecycleConfiguration">,
): Output<"PutBucketLifecycleConfiguration"> {
  const bucket = requireBucket(s3, input.Bucket);
  const minimumSize = input.TransitionDefaultMinimumObjectSize ?? DEFAULT_MINIMUM;
  if (!MINIMUMS.has(minimumSize)) {
    throw invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${minimumSize}`);
  }
  const rules = input.LifecycleConfiguration?.Rules ?? [];
  if (rules.length === 0) throw malformedXml();
  for (const rule of rules) validateRule(rule);
  const named = rules.map((rule) => ({ ...rule, ID: rule.ID || randomUUID() }));
  if (new Set(named.map((rule) => rule.ID)).size < named.length) {
    throw invalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID");
  }
  s3.settings.put(bucket.name, "lifecycle", { rules: named, minimumSize });
  return { TransitionDefaultMinimumObjectSize: minimumSize };
}

/** Returns a bucket's lifecycle rules. `NoSuchLifecycleConfiguration` without any. */
export function getBucketLifecycleConfiguration(
  s3: S3,
  input: Input<"GetBucketLifecycleConfiguration">,
): Output<"GetBucketLifecycleConfiguration"> {
  const bucket = requireBucket(s3, input.Bucket);
  const lifecycle = s3.settings.get(bucket.name, "lifecycle");
  if (lifecycle === undefined) {
    throw new AwsError("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", {
      statusCode: 404,
      members: { BucketName: bucket.name },
    });
  }
  return { Rules: [...lifecycle.rules], TransitionDefaultMinimumObjectSize: lifecycle.minimumSize };
}

function validateRule(rule: Checked<LifecycleRule>): void {
  const { Filter: filter, Expiration: expiration } = rule;
  if (rule.Status !== "Enabled" && rule.Status !== "Disabled") throw malformedXml();
  if ((filter === undefined) === (rule.Prefix === undefined)) throw malformedXml();
  const actions = [
    expiration,
    rule.Transitions,
    rule.NoncurrentVersionExpiration,
    rule.NoncurrentVersionTransitions,
    rule.AbortIncompleteMultipartUpload,
  ];
  if (actions.every((action) => action === undefined)) {
    throw invalidRequest("At least one action needs to be specified in a rule.");
  }
  if (filter && Object.values(filter).filter((value) => value !== undefined).length > 1) throw malformedXml();
  const keys = filter?.And?.Tags?.map((tag) => tag.Key) ?? [];
  if (new Set(keys).size < keys.length) throw invalidRequest("Duplicate Tag Keys are not allowed.");
  const noncurrent = rule.NoncurrentVersionExpiration;
  if (noncurrent && noncurrent.NoncurrentDays === undefined) throw malformedXml();
  const ways = [expiration?.Days, expiration?.Date, expiration?.ExpiredObjectDeleteMarker];
  if (expiration && ways.filter((way) => way !== undefined).length !== 1) throw malformedXml();
  if (expiration?.Days !== undefined && expiration.Days <= 0) {
    throw invalidArgument("'Days' for Expiration action must be a positive integer", "Days", `${expiration.Days}`);
  }
  if (expiration?.Date && expiration.Date.getTime() % DAY_MS !== 0) {
    throw invalidArgument("'Date' must be at midnight GMT", "Date", expiration.Date.toISOString());
  }
}
