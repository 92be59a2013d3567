import type { Checked } from "../../kit/checked.ts";
import type { ChecksumAlgorithm, ChecksumType, Grant, Tag } from "@aws-sdk/client-s3";

/** A bucket. Its name is unique in the cloud, across regions. */
export interface BucketRecord {
  readonly name: string;
  readonly region: string;
  /** What CreateBucket was given: `EU` stays `EU`, and us-east-1 has none. */
  readonly locationConstraint?: string;
  readonly createdMs: number;
  readonly versioning?: "Enabled" | "Suspended";
  /** Whether the bucket may lock objects. Once on, it stays on. */
  readonly objectLock?: boolean;
}

/** A stretch of an object's bytes: a blob, whole. */
export interface Segment {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A checksum in base64, as S3 answers it; composite ones end in `-<number of parts>`. */
export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: ChecksumType;
}

/** What is kept of each part of an object that was uploaded in parts. */
export interface PartOfObject {
  readonly number: number;
  readonly sizeBytes: number;
  readonly checksum?: string;
}

/** The headers that S3 stores with an object and returns as they came. */
export interface SystemHeaders {
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly ContentType?: string;
  readonly Expires?: Date;
}

/** How the object says that it is encrypted. The local cloud keeps the bytes as they are. */
export interface Encryption {
  readonly ServerSideEncryption: "AES256" | "aws:kms" | "aws:kms:dsse";
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
}

/** Until when, and how strictly, a version may not be deleted. */
export interface Retention {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly untilMs: number;
}

/** What CreateMultipartUpload, PutObject and CopyObject all settle about an object besides its bytes. */
export interface ObjectTraits {
  readonly headers: SystemHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly encryption: Encryption;
  readonly websiteRedirect?: string;
  readonly tags: readonly Checked<Tag>[];
  readonly grants?: readonly Checked<Grant>[];
  readonly retention?: Retention;
  readonly legalHold?: boolean;
}

/** One version of an object, with its bytes as a row of blobs. */
export interface ObjectVersion extends ObjectTraits {
  readonly deleteMarker?: false;
  readonly versionId: string;
  readonly modifiedMs: number;
  /** Without the quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly segments: readonly Segment[];
  readonly checksum?: ObjectChecksum;
  readonly parts?: readonly PartOfObject[];
}

/** Says that the object is gone, while its older versions stay. */
export interface DeleteMarker {
  readonly deleteMarker: true;
  readonly versionId: string;
  readonly modifiedMs: number;
}

/** A version of a key as it is stored: an object or a delete marker. */
export type VersionRecord = ObjectVersion | DeleteMarker;

/** A multipart upload that is under way. */
export interface UploadRecord {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly traits: ObjectTraits;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

/** A part that was uploaded. */
export interface PartRecord {
  readonly number: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly segments: readonly Segment[];
  readonly sizeBytes: number;
  readonly checksum: Omit<ObjectChecksum, "type">;
  /** Where the upload names no checksum, what the whole's will be made of. */
  readonly crc64Nvme?: string;
}
