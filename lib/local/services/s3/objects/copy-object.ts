import type { RequestContext } from "../../../service.ts";
import { checksumMembers, DEFAULT_ALGORITHM } from "./checksums.ts";
import { checkWrite, validateWriteConditions } from "./conditions.ts";
import { copyBytes, requireCopySource, type CopySource } from "./copy-source.ts";
import { notify } from "../notifications/notifications.ts";
import {
  readEncryption,
  readHeaders,
  readMetadata,
  readStorageClass,
  readTraits,
  validateKey,
} from "./object-traits.ts";
import type { BucketRecord, ObjectTraits, ObjectVersion } from "../records.ts";
import { requireBucket, toSeconds, type Input, type Output, type S3 } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import { storeVersion } from "./store-version.ts";
import { readTaggingHeader } from "../buckets/tags.ts";

type CopyInput = Input<"CopyObject">;

/** Objects up to 5 GB can be copied in one go (S3 user guide, "Copying objects"). */
const LARGEST_COPY_BYTES = 5 * 1024 ** 3;

/** Copies an object of at most 5 GB, with its metadata and tags unless the request replaces them. */
export async function copyObject(s3: S3, input: CopyInput, context: RequestContext): Promise<Output<"CopyObject">> {
  const bucket = requireBucket(s3, input.Bucket);
  const key = input.Key;
  validateKey(key);
  validateWriteConditions(input);
  const source = requireCopySource(s3, input);
  refuseSelfCopy(s3, bucket, key, source, input);
  if (source.record.sizeBytes > LARGEST_COPY_BYTES) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_COPY_BYTES}`,
    );
  }
  const traits = readCopiedTraits(s3, bucket, source.record, input);
  const algorithm = input.ChecksumAlgorithm ?? source.record.checksum?.algorithm ?? DEFAULT_ALGORITHM;
  const record = await copyBytes(s3, source, { algorithms: [algorithm] }, ({ segments, sizeBytes, md5, checksums }) =>
    s3.cloud.store.transaction(() => {
      requireBucket(s3, bucket.name);
      checkWrite(input, s3.objects.latest(bucket.name, key), key);
      const stored = storeVersion<ObjectVersion>(s3, bucket.name, key, {
        ...traits,
        modifiedMs: s3.cloud.clock.now(),
        etag: md5,
        sizeBytes,
        segments,
        checksum: { ...checksums[0]!, type: "FULL_OBJECT" },
      });
      notify(s3, context, "ObjectCreated:Copy", bucket.name, key, stored);
      return stored;
    }),
  );
  return {
    CopyObjectResult: {
      ETag: `"${record.etag}"`,
      LastModified: toSeconds(record.modifiedMs),
      ...checksumMembers(record.checksum),
      ChecksumType: "FULL_OBJECT",
    },
    ...record.encryption,
    ...(bucket.versioning ? { VersionId: record.versionId } : {}),
    ...copySourceVersion(source),
  };
}

/** Which version was copied, where the source's bucket keeps versions. */
export function copySourceVersion({ bucket, record }: CopySource): { CopySourceVersionId?: string } {
  return bucket.versioning && record.versionId !== "null" ? { CopySourceVersionId: record.versionId } : {};
}

function readCopiedTraits(s3: S3, bucket: BucketRecord, source: ObjectVersion, input: CopyInput): ObjectTraits {
  const replaced = readTraits(s3, bucket, input);
  const keepsMetadata = (input.MetadataDirective ?? "COPY") === "COPY";
  const keepsTags = (input.TaggingDirective ?? "COPY") === "COPY";
  return {
    ...replaced,
    headers: keepsMetadata ? source.headers : readHeaders(input),
    metadata: keepsMetadata ? source.metadata : readMetadata(input.Metadata),
    storageClass: readStorageClass(input.StorageClass),
    encryption: readEncryption(s3, bucket, input),
    tags: keepsTags ? source.tags : readTaggingHeader(input.Tagging),
  };
}

/** Copying an object onto itself must change something, unless an older version is brought back. */
function refuseSelfCopy(s3: S3, bucket: BucketRecord, key: string, source: CopySource, input: CopyInput): void {
  if (source.bucket.name !== bucket.name || source.key !== key || source.versionId !== undefined) return;
  const changes =
    input.MetadataDirective === "REPLACE" ||
    input.TaggingDirective === "REPLACE" ||
    input.StorageClass !== undefined ||
    input.ServerSideEncryption !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    input.ChecksumAlgorithm !== undefined ||
    s3.settings.get(bucket.name, "encryption") !== undefined ||
    (bucket.versioning === "Suspended" && source.record.versionId !== "null");
  if (changes) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
