import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { validateBucketName } from "./bucket-names.ts";
import { isInAccountNamespace } from "./bucket-namespace.ts";
import { validateTags } from "./tags.ts";
import { readOwnership } from "../access/ownership.ts";
import type { BucketRecord } from "../records.ts";
import { canonicalUser, requireBucket, toSeconds, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument } from "../errors.ts";

/** Creates a bucket. `BucketAlreadyOwnedByYou` where it exists, except in us-east-1. */
export function createBucket(s3: S3, input: Input<"CreateBucket">, context: RequestContext): Output<"CreateBucket"> {
  const name = input.Bucket;
  validateBucketName(name);
  const locationConstraint = input.CreateBucketConfiguration?.LocationConstraint;
  const region = readLocation(locationConstraint, context.region);
  const isOwn = isInAccountNamespace(input, region, context);
  const tags = input.CreateBucketConfiguration?.Tags ?? [];
  validateTags(tags, "bucket");
  const ownership = readOwnership(input.ObjectOwnership);
  const existing = s3.buckets.get(name);
  if (existing) return createAgain(existing, context, isOwn || tags.length > 0);
  s3.cloud.store.transaction(() => {
    s3.buckets.put(name, {
      name,
      region,
      ...(locationConstraint === undefined ? {} : { locationConstraint }),
      createdMs: s3.cloud.clock.now(),
      ...(input.ObjectLockEnabledForBucket ? { versioning: "Enabled", objectLock: true } : {}),
    });
    s3.settings.put(name, "ownership", { Rules: [{ ObjectOwnership: ownership }] });
    s3.settings.put(name, "publicAccessBlock", {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    });
    if (tags.length > 0) s3.settings.put(name, "tags", tags);
    if (input.ObjectLockEnabledForBucket) s3.settings.put(name, "objectLock", { ObjectLockEnabled: "Enabled" });
  });
  return { Location: isOwn ? `/${name}` : locationOf(name, region), BucketArn: bucketArn(name) };
}

/** In us-east-1 creating one's own bucket of the global namespace again succeeds, for historical reasons. */
function createAgain(bucket: BucketRecord, context: RequestContext, isStrict: boolean): Output<"CreateBucket"> {
  if (bucket.region === "us-east-1" && context.region === "us-east-1" && !isStrict) {
    return { Location: `/${bucket.name}`, BucketArn: bucketArn(bucket.name) };
  }
  throw new AwsError(
    "BucketAlreadyOwnedByYou",
    "Your previous request to create the named bucket succeeded and you already own it.",
    { statusCode: 409, members: { BucketName: bucket.name } },
  );
}

/** Where the bucket goes. The endpoint of us-east-1 is the global one: it makes buckets anywhere. */
function readLocation(constraint: string | undefined, region: string): string {
  if (region === "us-east-1") {
    if (constraint === undefined) return region;
    if (constraint !== "us-east-1" && constraint !== "aws-global")
      return constraint === "EU" ? "eu-west-1" : constraint;
    throw new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", {
      members: { LocationConstraint: constraint },
    });
  }
  if (constraint === region || (constraint === "EU" && region === "eu-west-1")) return region;
  throw incompatible(constraint ?? "unspecified");
}

function incompatible(constraint: string): AwsError {
  return new AwsError(
    "IllegalLocationConstraintException",
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

function locationOf(bucket: string, region: string): string {
  return region === "us-east-1" ? `/${bucket}` : `http://${bucket}.s3.amazonaws.com/`;
}

/** Deletes an empty bucket. `BucketNotEmpty` where it has objects, versions or delete markers. */
export function deleteBucket(s3: S3, input: Input<"DeleteBucket">): object {
  const bucket = requireBucket(s3, input.Bucket);
  if (!s3.objects.isEmpty(bucket.name)) {
    const versioned = bucket.versioning ? " You must delete all versions in the bucket." : "";
    const end = versioned === "" ? "" : ".";
    throw new AwsError("BucketNotEmpty", `The bucket you tried to delete is not empty${end}${versioned}`, {
      statusCode: 409,
      members: { BucketName: bucket.name },
    });
  }
  s3.cloud.store.transaction(() => {
    for (const upload of s3.uploads.list(bucket.name)) {
      for (const part of s3.uploads.delete(upload)) s3.references.release(part.segments);
    }
    s3.settings.clear(bucket.name);
    s3.buckets.delete(bucket.name);
  });
  return {};
}

/** Returns a bucket's region. 404 where there is none. */
export function headBucket(s3: S3, input: Input<"HeadBucket">): Output<"HeadBucket"> {
  const bucket = s3.buckets.get(input.Bucket);
  if (bucket === undefined) throw new AwsError("NotFound", "Not Found", { statusCode: 404 });
  return { BucketArn: bucketArn(bucket.name), BucketRegion: bucket.region, AccessPointAlias: false };
}

/** Returns a bucket's location constraint; null in us-east-1. */
export function getBucketLocation(s3: S3, input: Input<"GetBucketLocation">): Output<"GetBucketLocation"> {
  const bucket = requireBucket(s3, input.Bucket);
  return { LocationConstraint: bucket.locationConstraint as BucketLocationConstraint | undefined };
}

/** Lists buckets by prefix and region, a page at a time. */
export function listBuckets(s3: S3, input: Input<"ListBuckets">, context: RequestContext): Output<"ListBuckets"> {
  const limit = input.MaxBuckets ?? 10_000;
  if (limit < 1 || limit > 10_000) {
    throw invalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", `${limit}`);
  }
  const after = input.ContinuationToken ? Buffer.from(input.ContinuationToken, "base64url").toString() : "";
  const found = s3.buckets
    .list(input.Prefix ?? "")
    .map(([, bucket]) => bucket)
    .filter((bucket) => bucket.name > after && (!input.BucketRegion || bucket.region === input.BucketRegion));
  const page = found.slice(0, limit);
  return {
    Buckets: page.map((bucket) => ({
      Name: bucket.name,
      CreationDate: toSeconds(bucket.createdMs),
      BucketRegion: bucket.region,
      BucketArn: bucketArn(bucket.name),
    })),
    Owner: { ID: canonicalUser(context.account) },
    ...(input.Prefix === undefined ? {} : { Prefix: input.Prefix }),
    ...(found.length > page.length ? { ContinuationToken: Buffer.from(page.at(-1)!.name).toString("base64url") } : {}),
  };
}

function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}
