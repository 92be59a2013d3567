import type { RequestContext } from "../../../service.ts";
import { checksumMembers } from "./checksums.ts";
import { checkWrite, validateWriteConditions } from "./conditions.ts";
import { expirationHeader } from "../lifecycle/lifecycle.ts";
import { notify } from "../notifications/notifications.ts";
import { readTraits, validateKey } from "./object-traits.ts";
import { receiveBody } from "./received-body.ts";
import type { ObjectVersion } from "../records.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { storeVersion } from "./store-version.ts";

/** Stores an object of at most 5 GB, if its checksums and the request's conditions hold. */
export async function putObject(
  s3: S3,
  input: Input<"PutObject">,
  context: RequestContext,
): Promise<Output<"PutObject">> {
  const bucket = requireBucket(s3, input.Bucket);
  const key = input.Key;
  validateKey(key);
  validateWriteConditions(input);
  const traits = readTraits(s3, bucket, input);
  const { staged, checksum } = await receiveBody(s3.references.blobs, input, context, { digestStyle: "hex" });
  const record = await s3.references.keep(staged, (segments) =>
    s3.cloud.store.transaction(() => {
      requireBucket(s3, bucket.name);
      checkWrite(input, s3.objects.latest(bucket.name, key), key);
      const stored = storeVersion<ObjectVersion>(s3, bucket.name, key, {
        ...traits,
        modifiedMs: s3.cloud.clock.now(),
        etag: staged.md5,
        sizeBytes: staged.sizeBytes,
        segments,
        checksum: { ...checksum, type: "FULL_OBJECT" },
      });
      notify(s3, context, "ObjectCreated:Put", bucket.name, key, stored);
      return stored;
    }),
  );
  return {
    ETag: `"${record.etag}"`,
    ...checksumMembers(record.checksum),
    ChecksumType: "FULL_OBJECT",
    ...record.encryption,
    ...expirationHeader(s3, bucket.name, key, record),
    ...(s3.buckets.get(bucket.name)?.versioning === "Enabled" ? { VersionId: record.versionId } : {}),
  };
}
