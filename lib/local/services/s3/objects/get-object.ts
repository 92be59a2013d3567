import { AwsError } from "../../../aws-error.ts";
import type { ByteRange } from "../../../state/blobs.ts";
import { readRange } from "./byte-range.ts";
import { checksumMembers, type ChecksumMembers } from "./checksums.ts";
import { checkRead } from "./conditions.ts";
import { requireObject } from "./find-version.ts";
import { expirationHeader } from "../lifecycle/lifecycle.ts";
import { readObject } from "./object-bytes.ts";
import type { BucketRecord, ObjectVersion } from "../records.ts";
import { requireBucket, toSeconds, type Input, type Output, type S3 } from "../context.ts";
import { invalidRequest } from "../errors.ts";

const ARCHIVED = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/** Returns an object or a range of its bytes, if the request's conditions hold (else 304 or 412). */
export function getObject(s3: S3, input: Input<"GetObject">): Output<"GetObject"> {
  const { bucket, record } = findForRead(s3, input, "GET");
  if (ARCHIVED.has(record.storageClass)) {
    throw new AwsError("InvalidObjectState", "The operation is not valid for the object's storage class", {
      statusCode: 403,
      members: { StorageClass: record.storageClass },
    });
  }
  const slice = readSlice(input, record);
  const body = readObject(s3.references, record.segments, slice?.range);
  return {
    ...describe(bucket, record, slice, input.ChecksumMode?.toUpperCase() === "ENABLED"),
    ...expirationHeader(s3, bucket.name, input.Key, record),
    ...overrides(input),
    ...(record.tags.length > 0 ? { TagCount: record.tags.length } : {}),
    Body: body as Output<"GetObject">["Body"],
  };
}

/** The same as `GetObject`, without the body. */
export function headObject(s3: S3, input: Input<"HeadObject">): Output<"HeadObject"> {
  const { bucket, record } = findForRead(s3, input, "HEAD");
  return {
    ...describe(bucket, record, readSlice(input, record), input.ChecksumMode?.toUpperCase() === "ENABLED"),
    ...expirationHeader(s3, bucket.name, input.Key, record),
    ...overrides(input),
  };
}

function findForRead(s3: S3, input: Input<"GetObject"> | Input<"HeadObject">, method: string) {
  const bucket = requireBucket(s3, input.Bucket);
  const { record } = requireObject(s3, bucket.name, input.Key, input.VersionId, method);
  checkRead(
    {
      ifMatch: input.IfMatch,
      ifNoneMatch: input.IfNoneMatch,
      ifModifiedSince: input.IfModifiedSince,
      ifUnmodifiedSince: input.IfUnmodifiedSince,
    },
    record,
    s3.cloud.clock.now(),
  );
  return { bucket, record };
}

/** The requested part of the object. */
interface Slice {
  readonly range: ByteRange;
  /** The index of the part, where the request named one. */
  readonly part?: number;
}

function readSlice(input: { PartNumber?: number; Range?: string }, record: ObjectVersion): Slice | undefined {
  if (input.PartNumber === undefined) {
    const range = readRange(input.Range, record.sizeBytes);
    return range && { range };
  }
  if (input.Range !== undefined) {
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  }
  const sizes = record.parts?.map((part) => part.sizeBytes) ?? [record.sizeBytes];
  const part = record.parts?.findIndex((each) => each.number === input.PartNumber) ?? input.PartNumber - 1;
  if (part < 0 || part >= sizes.length) throw invalidPartNumber(input.PartNumber, sizes.length);
  const start = sizes.slice(0, part).reduce((sum, size) => sum + size, 0);
  return { range: { start, end: start + sizes[part]! - 1 }, part };
}

function invalidPartNumber(requested: number, actual: number): AwsError {
  return new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", {
    statusCode: 416,
    members: { ActualPartCount: `${actual}`, PartNumberRequested: `${requested}` },
  });
}

/** What GetObject and HeadObject both say about an object. */
function describe(bucket: BucketRecord, record: ObjectVersion, slice: Slice | undefined, withChecksum: boolean) {
  return {
    AcceptRanges: "bytes",
    LastModified: toSeconds(record.modifiedMs),
    ContentLength: slice ? slice.range.end - slice.range.start + 1 : record.sizeBytes,
    ETag: `"${record.etag}"`,
    ...record.headers,
    ...record.encryption,
    Metadata: record.metadata,
    ...(bucket.versioning ? { VersionId: record.versionId } : {}),
    ...(record.storageClass === "STANDARD" ? {} : { StorageClass: record.storageClass as never }),
    ...(record.websiteRedirect === undefined ? {} : { WebsiteRedirectLocation: record.websiteRedirect }),
    ...(slice ? { ContentRange: contentRange(slice.range, record.sizeBytes) } : {}),
    ...(slice?.part !== undefined && record.parts ? { PartsCount: record.parts.length } : {}),
    ...describeLock(record),
    ...(withChecksum ? describeChecksum(record, slice) : {}),
  };
}

function contentRange(range: ByteRange, sizeBytes: number): string {
  return sizeBytes === 0 ? `bytes */0` : `bytes ${range.start}-${range.end}/${sizeBytes}`;
}

function describeLock({ retention, legalHold }: ObjectVersion) {
  return {
    ...(retention ? { ObjectLockMode: retention.mode, ObjectLockRetainUntilDate: new Date(retention.untilMs) } : {}),
    ...(legalHold === undefined ? {} : { ObjectLockLegalHoldStatus: legalHold ? ("ON" as const) : ("OFF" as const) }),
  };
}

/** A checksum is returned only for the bytes that it covers: the whole object, or a part that has its own. */
function describeChecksum(
  record: ObjectVersion,
  slice: Slice | undefined,
): ChecksumMembers & { ChecksumType?: "COMPOSITE" | "FULL_OBJECT" } {
  const { checksum } = record;
  if (checksum === undefined) return {};
  const whole = slice === undefined || slice.range.end - slice.range.start + 1 === record.sizeBytes;
  const ofPart = slice?.part === undefined ? undefined : record.parts?.[slice.part]?.checksum;
  if (ofPart !== undefined && (whole || checksum.type === "COMPOSITE")) {
    return { ...checksumMembers({ algorithm: checksum.algorithm, value: ofPart }), ChecksumType: checksum.type };
  }
  return whole ? { ...checksumMembers(checksum), ChecksumType: checksum.type } : {};
}

/** Response headers that a (usually presigned) request sets in place of the stored ones. */
function overrides(input: Input<"GetObject"> | Input<"HeadObject">) {
  return Object.fromEntries(
    [
      ["CacheControl", input.ResponseCacheControl],
      ["ContentDisposition", input.ResponseContentDisposition],
      ["ContentEncoding", input.ResponseContentEncoding],
      ["ContentLanguage", input.ResponseContentLanguage],
      ["ContentType", input.ResponseContentType],
      ["Expires", input.ResponseExpires],
    ].filter(([, value]) => value !== undefined),
  ) as Partial<Output<"GetObject">>;
}
