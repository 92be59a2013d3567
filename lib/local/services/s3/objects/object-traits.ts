import type { ObjectCannedACL } from "@aws-sdk/client-s3";
import { AwsError } from "../../../aws-error.ts";
import { readObjectGrants, type GrantHeaders } from "../access/acl.ts";
import { readObjectLock, type ObjectLockInput } from "./object-lock.ts";
import type { BucketRecord, Encryption, ObjectTraits, SystemHeaders } from "../records.ts";
import type { S3 } from "../context.ts";
import { readTaggingHeader } from "../buckets/tags.ts";

/** What an upload says about its object besides the bytes: PutObject, CreateMultipartUpload and CopyObject alike. */
export interface TraitsInput extends HeadersInput, EncryptionInput, ObjectLockInput, GrantHeaders {
  readonly ACL?: ObjectCannedACL | undefined;
  readonly Metadata?: Record<string, string> | undefined;
  readonly StorageClass?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly Tagging?: string | undefined;
}

interface HeadersInput {
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Expires?: Date | undefined;
}

interface EncryptionInput {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

const METADATA_LIMIT_BYTES = 2048;
const KEY_LIMIT_BYTES = 1024;
const STORAGE_CLASSES = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
]);

/** Reads and validates an object's traits, with the bucket's defaults where the request says nothing. */
export function readTraits(s3: S3, bucket: BucketRecord, input: TraitsInput): ObjectTraits {
  return {
    headers: readHeaders(input),
    metadata: readMetadata(input.Metadata),
    storageClass: readStorageClass(input.StorageClass),
    encryption: readEncryption(s3, bucket, input),
    ...(input.WebsiteRedirectLocation === undefined ? {} : { websiteRedirect: input.WebsiteRedirectLocation }),
    tags: readTaggingHeader(input.Tagging),
    ...readObjectGrants(s3, bucket, input),
    ...readObjectLock(s3, bucket, input),
  };
}

/** The system headers that are stored with an object: content type, cache control and the like. */
export function readHeaders(input: HeadersInput): SystemHeaders {
  const contentEncoding = input.ContentEncoding?.split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "aws-chunked" && coding !== "")
    .join(",");
  return {
    ContentType: input.ContentType ?? "binary/octet-stream",
    ...(input.CacheControl === undefined ? {} : { CacheControl: input.CacheControl }),
    ...(input.ContentDisposition === undefined ? {} : { ContentDisposition: input.ContentDisposition }),
    ...(contentEncoding ? { ContentEncoding: contentEncoding } : {}),
    ...(input.ContentLanguage === undefined ? {} : { ContentLanguage: input.ContentLanguage }),
    ...(input.Expires === undefined ? {} : { Expires: input.Expires }),
  };
}

/** The user's metadata, at most 2 KB: `MetadataTooLarge`. */
export function readMetadata(given: Record<string, string> = {}): Record<string, string> {
  const metadata = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value] as const);
  const size = metadata.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (size > METADATA_LIMIT_BYTES) {
    throw new AwsError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      members: { Size: `${size}`, MaxSizeAllowed: `${METADATA_LIMIT_BYTES}` },
    });
  }
  return Object.fromEntries(metadata.map(([name, value]) => [name, withoutNeedlessEncoding(value)]));
}

/** A value that was encoded by RFC 2047 is kept encoded only where it holds more than printable ASCII. */
function withoutNeedlessEncoding(value: string): string {
  const [, encoding, text] = /^=\?UTF-8\?([QB])\?([^?]*)\?=$/i.exec(value) ?? [];
  if (encoding === undefined || text === undefined) return value;
  const decoded =
    encoding.toUpperCase() === "B"
      ? Buffer.from(text, "base64").toString()
      : text
          .replaceAll("_", " ")
          .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return /^[\x20-\x7e]*$/.test(decoded) ? decoded : value;
}

/** The storage class. `InvalidStorageClass` for one that S3 does not have. */
export function readStorageClass(given = "STANDARD"): string {
  if (STORAGE_CLASSES.has(given)) return given;
  throw new AwsError("InvalidStorageClass", "The storage class you specified is not valid", {
    members: { StorageClassRequested: given },
  });
}

/** The encryption of a new object: the request's, or the bucket's default. */
export function readEncryption(s3: S3, bucket: BucketRecord, input: EncryptionInput): Encryption {
  if (input.SSECustomerAlgorithm !== undefined) {
    throw new AwsError("NotImplemented", "The local cloud does not encrypt with customer-provided keys (SSE-C).", {
      statusCode: 501,
    });
  }
  const rule = s3.settings.get(bucket.name, "encryption")?.Rules?.[0];
  const fallback = rule?.ApplyServerSideEncryptionByDefault;
  const algorithm = input.ServerSideEncryption ?? fallback?.SSEAlgorithm ?? "AES256";
  if (algorithm !== "AES256" && algorithm !== "aws:kms" && algorithm !== "aws:kms:dsse") {
    throw new AwsError("InvalidArgument", "The encryption method specified is not supported", {
      members: { ArgumentName: "x-amz-server-side-encryption", ArgumentValue: algorithm },
    });
  }
  if (algorithm === "AES256") return { ServerSideEncryption: algorithm };
  const key = input.SSEKMSKeyId ?? fallback?.KMSMasterKeyID ?? "alias/aws/s3";
  const bucketKey = input.BucketKeyEnabled ?? rule?.BucketKeyEnabled;
  return {
    ServerSideEncryption: algorithm,
    SSEKMSKeyId: key.startsWith("arn:") ? key : kmsArn(s3, bucket, key),
    ...(bucketKey ? { BucketKeyEnabled: true } : {}),
  };
}

/** Refuses a key that is longer than S3 takes. */
export function validateKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= KEY_LIMIT_BYTES) return;
  throw new AwsError("KeyTooLongError", "Your key is too long", {
    members: { Size: `${size}`, MaxSizeAllowed: `${KEY_LIMIT_BYTES}` },
  });
}

function kmsArn(s3: S3, bucket: BucketRecord, key: string): string {
  const resource = key.startsWith("alias/") ? key : `key/${key}`;
  return `arn:aws:kms:${bucket.region}:${s3.cloud.account}:${resource}`;
}
