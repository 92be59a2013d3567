import type { CompletedPart } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { AwsError } from "../../../aws-error.ts";
import {
  badChecksum,
  checksumMembers,
  createChecksum,
  DEFAULT_ALGORITHM,
  readChecksum,
  type PlainChecksum,
} from "../objects/checksums.ts";
import { checkWrite, validateWriteConditions } from "../objects/conditions.ts";
import { combineCrc } from "../objects/crc-combine.ts";
import type { CrcName } from "../objects/crc.ts";
import { requireUpload } from "./multipart-upload.ts";
import { notify } from "../notifications/notifications.ts";
import type { RequestContext } from "../../../service.ts";
import type { ObjectChecksum, ObjectVersion, PartRecord, UploadRecord } from "../records.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { invalidRequest, malformedXml } from "../errors.ts";
import { storeVersion } from "../objects/store-version.ts";
import { sequenceOf } from "../objects/version-id.ts";

const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

type CompleteInput = Input<"CompleteMultipartUpload">;

/** Makes an object of the parts, in their order. Each but the last has at least 5 MiB. */
export function completeMultipartUpload(
  s3: S3,
  input: CompleteInput,
  context: RequestContext,
): Output<"CompleteMultipartUpload"> {
  validateWriteConditions(input);
  const upload = requireUpload(s3, input);
  const parts = chooseParts(s3, upload, input);
  const checksum = checksumOfWhole(upload, parts);
  verifyWhole(upload, input, checksum, parts);
  const record = s3.cloud.store.transaction(() => {
    checkConditions(s3, upload, input);
    const stored = storeVersion<ObjectVersion>(s3, upload.bucket, upload.key, {
      ...upload.traits,
      modifiedMs: s3.cloud.clock.now(),
      etag: etagOfParts(parts),
      sizeBytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0),
      segments: parts.flatMap((part) => part.segments),
      checksum,
      parts: parts.map((part) => describePart(upload, part)),
    });
    for (const part of s3.uploads.delete(upload)) s3.references.release(part.segments);
    notify(s3, context, "ObjectCreated:CompleteMultipartUpload", upload.bucket, upload.key, stored);
    return stored;
  });
  return {
    Location: `${s3.cloud.endpoint}/${upload.bucket}/${encodeURIComponent(upload.key).replaceAll("%2F", "/")}`,
    Bucket: upload.bucket,
    Key: upload.key,
    ETag: `"${record.etag}"`,
    ...checksumMembers(checksum),
    ChecksumType: checksum.type,
    ...record.encryption,
    ...(requireBucket(s3, upload.bucket).versioning === "Enabled" ? { VersionId: record.versionId } : {}),
  };
}

/** The uploaded parts that the request names, after holding them against what it says of them. */
function chooseParts(s3: S3, upload: UploadRecord, input: CompleteInput): PartRecord[] {
  const named = input.MultipartUpload?.Parts ?? [];
  if (named.length === 0) throw malformedXml();
  const numbers = named.map((part) => part.PartNumber ?? 0);
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!)) {
    throw new AwsError(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
      { members: { UploadId: upload.id } },
    );
  }
  const uploaded = new Map(s3.uploads.parts(upload.id).map((part) => [part.number, part]));
  const parts = named.map((part) => matchPart(upload, part, uploaded.get(part.PartNumber ?? 0)));
  for (const part of parts.slice(0, -1)) {
    if (part.sizeBytes < SMALLEST_PART_BYTES) throw tooSmall(part);
  }
  return parts;
}

function matchPart(upload: UploadRecord, named: CompletedPart, part: PartRecord | undefined): PartRecord {
  const etag = named.ETag?.replaceAll('"', "");
  const claimed = readChecksum(named);
  if (upload.checksum?.type === "COMPOSITE" && claimed === undefined) {
    throw invalidRequest(
      `The upload was created using a ${upload.checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${named.PartNumber} in the request.`,
    );
  }
  const sameChecksum =
    claimed === undefined || claimed.algorithm !== part?.checksum.algorithm || claimed.value === part.checksum.value;
  if (part !== undefined && part.etag === etag && sameChecksum) return part;
  throw new AwsError(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { members: { UploadId: upload.id, PartNumber: `${named.PartNumber}`, ETag: etag } },
  );
}

function tooSmall(part: PartRecord): AwsError {
  return new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
    members: {
      ProposedSize: `${part.sizeBytes}`,
      MinSizeAllowed: `${SMALLEST_PART_BYTES}`,
      PartNumber: `${part.number}`,
      ETag: part.etag,
    },
  });
}

/** MD5 over the parts' MD5s, with their number behind a dash. */
function etagOfParts(parts: readonly PartRecord[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(Buffer.from(part.etag, "hex"));
  return `${hash.digest("hex")}-${parts.length}`;
}

/** Unless the client requested another checksum, the whole gets a CRC64NVME, regardless of its parts' checksums. */
function checksumOfWhole(upload: UploadRecord, parts: readonly PartRecord[]): ObjectChecksum {
  const { algorithm, type } = upload.checksum ?? { algorithm: DEFAULT_ALGORITHM, type: "FULL_OBJECT" as const };
  const values = parts.map((part) => Buffer.from(valueOf(part, algorithm), "base64"));
  if (type === "COMPOSITE") {
    const running = createChecksum(algorithm);
    for (const value of values) running.update(value);
    return { algorithm, value: `${running.digest().toString("base64")}-${parts.length}`, type };
  }
  const whole = values.reduce<Buffer>(
    (before, value, index) =>
      index === 0 ? value : combineCrc(algorithm as CrcName, before, value, parts[index]!.sizeBytes),
    Buffer.alloc(0),
  );
  return { algorithm, value: whole.toString("base64"), type };
}

function valueOf(part: PartRecord, algorithm: string): string {
  return part.checksum.algorithm === algorithm ? part.checksum.value : part.crc64Nvme!;
}

function verifyWhole(
  upload: UploadRecord,
  input: CompleteInput,
  whole: ObjectChecksum,
  parts: readonly PartRecord[],
): void {
  const mode = upload.checksum?.type;
  if (mode !== undefined && input.ChecksumType !== undefined && input.ChecksumType !== mode) {
    throw invalidRequest(
      `The upload was created using the ${mode} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const claimed: PlainChecksum | undefined = readChecksum(input);
  const plain = whole.value.replace(/-\d+$/, "");
  if (claimed && claimed.value !== whole.value && claimed.value !== plain) {
    throw badChecksum(whole.algorithm.toLowerCase());
  }
  const size = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    );
  }
}

/** An If-Match that holds may still match an object that was written again while the upload was under way. */
function checkConditions(s3: S3, upload: UploadRecord, input: CompleteInput): void {
  const latest = s3.objects.latest(upload.bucket, upload.key);
  checkWrite(input, latest, upload.key);
  if (input.IfMatch === undefined || latest === undefined || latest.sequence < sequenceOf(upload.id)!) return;
  throw new AwsError(
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { statusCode: 409, members: { Condition: "If-Match", Key: upload.key } },
  );
}

function describePart(upload: UploadRecord, part: PartRecord) {
  const { number, sizeBytes, checksum } = part;
  const told = upload.checksum !== undefined && checksum.algorithm === upload.checksum.algorithm;
  return { number, sizeBytes, ...(told ? { checksum: checksum.value } : {}) };
}
