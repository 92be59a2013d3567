import type { Checked } from "../../../kit/checked.ts";
import type { RequestContext } from "../../../service.ts";
import { requireObject } from "./find-version.ts";
import { notify } from "../notifications/notifications.ts";
import type { BucketRecord, ObjectVersion } from "../records.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { validateTags } from "../buckets/tags.ts";
import type { Tag } from "@aws-sdk/client-s3";

/** Replaces a version's tags: at most 10. */
export function putObjectTagging(
  s3: S3,
  input: Input<"PutObjectTagging">,
  context: RequestContext,
): Output<"PutObjectTagging"> {
  const tags = input.Tagging?.TagSet ?? [];
  validateTags(tags, "object");
  return setTags(s3, input, context, { tags, method: "PUT", event: "ObjectTagging:Put" });
}

/** Removes all tags of a version. */
export function deleteObjectTagging(
  s3: S3,
  input: Input<"DeleteObjectTagging">,
  context: RequestContext,
): Output<"DeleteObjectTagging"> {
  return setTags(s3, input, context, { tags: [], method: "DELETE", event: "ObjectTagging:Delete" });
}

/** Returns a version's tags. */
export function getObjectTagging(s3: S3, input: Input<"GetObjectTagging">): Output<"GetObjectTagging"> {
  const bucket = requireBucket(s3, input.Bucket);
  const { record } = requireObject(s3, bucket.name, input.Key, input.VersionId, "GET", "refused");
  return { TagSet: [...record.tags], ...versionOf(bucket, record) };
}

function setTags(
  s3: S3,
  input: { Bucket?: string | undefined; Key?: string | undefined; VersionId?: string | undefined },
  context: RequestContext,
  change: {
    readonly tags: readonly Checked<Tag>[];
    readonly method: string;
    readonly event: "ObjectTagging:Put" | "ObjectTagging:Delete";
  },
): { VersionId?: string } {
  const bucket = requireBucket(s3, input.Bucket);
  const { key, sequence, record } = requireObject(
    s3,
    bucket.name,
    input.Key!,
    input.VersionId,
    change.method,
    "refused",
  );
  s3.cloud.store.transaction(() => {
    s3.objects.update(bucket.name, key, sequence, { ...record, tags: change.tags });
    notify(s3, context, change.event, bucket.name, key, record);
  });
  return versionOf(bucket, record);
}

function versionOf(bucket: BucketRecord, record: ObjectVersion): { VersionId?: string } {
  return bucket.versioning ? { VersionId: record.versionId } : {};
}
