import type { ChecksumAlgorithm, ChecksumType } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../service.ts";
import { checksumMembers, DEFAULT_ALGORITHM } from "../objects/checksums.ts";
import { readTraits, validateKey } from "../objects/object-traits.ts";
import { receiveBody } from "../objects/received-body.ts";
import type { PartRecord, UploadRecord } from "../records.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument, invalidRequest, noSuchUpload } from "../errors.ts";
import { buildVersionId } from "../objects/version-id.ts";
import { abortDate } from "../lifecycle/lifecycle.ts";

const MOST_PARTS = 10_000;

/** Starts an upload in parts, and fixes the traits of the object to be. */
export function createMultipartUpload(s3: S3, input: Input<"CreateMultipartUpload">): Output<"CreateMultipartUpload"> {
  const bucket = requireBucket(s3, input.Bucket);
  validateKey(input.Key);
  const checksum = readUploadChecksum(input.ChecksumAlgorithm, input.ChecksumType);
  const initiatedMs = s3.cloud.clock.now();
  const upload: UploadRecord = {
    id: buildVersionId(s3.objects.nextSequence(initiatedMs)),
    bucket: bucket.name,
    key: input.Key,
    initiatedMs,
    traits: readTraits(s3, bucket, input),
    ...(checksum ? { checksum } : {}),
  };
  s3.uploads.put(upload);
  return {
    Bucket: bucket.name,
    Key: upload.key,
    UploadId: upload.id,
    ...upload.traits.encryption,
    ...(checksum ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
    ...abortDate(s3, upload),
  };
}

/** Stores a part, 1 to 10,000, and replaces the one with the same number. */
export async function uploadPart(
  s3: S3,
  input: Input<"UploadPart">,
  context: RequestContext,
): Promise<Output<"UploadPart">> {
  const upload = requireUpload(s3, input);
  const number = readPartNumber(input.PartNumber);
  const wanted = upload.checksum?.algorithm;
  const received = await receiveBody(s3.references.blobs, input, context, {
    digestStyle: "base64",
    ...(wanted === undefined ? { withCrc64: true } : { algorithm: wanted }),
  });
  const { staged, checksum, crc64Nvme } = received;
  if (wanted !== undefined && checksum.algorithm !== wanted) {
    await staged.discard();
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${wanted.toLowerCase()}, actual checksum Type: ${checksum.algorithm.toLowerCase()}`,
    );
  }
  const part = await s3.references.keep(staged, (segments) =>
    storePart(s3, input, {
      number,
      etag: staged.md5,
      modifiedMs: s3.cloud.clock.now(),
      segments,
      sizeBytes: staged.sizeBytes,
      checksum,
      ...(crc64Nvme === undefined ? {} : { crc64Nvme }),
    }),
  );
  return { ETag: `"${part.etag}"`, ...upload.traits.encryption, ...checksumMembers(part.checksum) };
}

/** Keeps a part in place of an earlier one with its number. */
export function storePart(s3: S3, named: UploadName, part: PartRecord): PartRecord {
  s3.cloud.store.transaction(() => {
    const replaced = s3.uploads.putPart(requireUpload(s3, named).id, part);
    s3.references.add(part.segments);
    if (replaced) s3.references.release(replaced.segments);
  });
  return part;
}

/** Ends an upload and deletes its parts. */
export function abortMultipartUpload(s3: S3, input: Input<"AbortMultipartUpload">): object {
  abortUpload(s3, requireUpload(s3, input));
  return {};
}

/** Removes an upload and releases its parts. */
export function abortUpload(s3: S3, upload: UploadRecord): void {
  s3.cloud.store.transaction(() => {
    for (const part of s3.uploads.delete(upload)) s3.references.release(part.segments);
  });
}

/** How requests name an upload. */
export interface UploadName {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly UploadId?: string | undefined;
}

/** The upload, or S3's refusal. */
export function requireUpload(s3: S3, { Bucket, Key, UploadId }: UploadName): UploadRecord {
  const bucket = requireBucket(s3, Bucket);
  const upload = s3.uploads.get(bucket.name, Key ?? "", UploadId ?? "");
  if (upload === undefined) throw noSuchUpload(UploadId);
  return upload;
}

/** The number of a part. `InvalidArgument` where it is not from 1 to 10,000. */
export function readPartNumber(number: number | undefined): number {
  if (Number.isInteger(number) && number! >= 1 && number! <= MOST_PARTS) return number!;
  throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", `${number}`);
}

/** SHA checksums cannot be combined from the parts' checksums, CRC64NVME always is. */
function readUploadChecksum(
  algorithm: ChecksumAlgorithm | undefined,
  type: ChecksumType | undefined,
): UploadRecord["checksum"] {
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
  }
  const chosen = type ?? (algorithm === DEFAULT_ALGORITHM ? "FULL_OBJECT" : "COMPOSITE");
  const impossible = chosen === "FULL_OBJECT" ? !algorithm.startsWith("CRC") : algorithm === DEFAULT_ALGORITHM;
  if (impossible) {
    throw invalidRequest(
      `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type: chosen };
}
