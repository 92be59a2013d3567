import type { ByteRange } from "../../../state/blobs.ts";
import { AwsError } from "../../../aws-error.ts";
import { checksumMembers, DEFAULT_ALGORITHM } from "../objects/checksums.ts";
import { copySourceVersion } from "../objects/copy-object.ts";
import { copyBytes, requireCopySource } from "../objects/copy-source.ts";
import { readPartNumber, requireUpload, storePart } from "./multipart-upload.ts";
import { toSeconds, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument } from "../errors.ts";

/** Copies an object, or a range of it, as a part of an upload. */
export async function uploadPartCopy(s3: S3, input: Input<"UploadPartCopy">): Promise<Output<"UploadPartCopy">> {
  const upload = requireUpload(s3, input);
  const number = readPartNumber(input.PartNumber);
  const source = requireCopySource(s3, input);
  const range = readCopyRange(input.CopySourceRange, source.record.sizeBytes);
  const algorithm = upload.checksum?.algorithm ?? DEFAULT_ALGORITHM;
  const part = await copyBytes(s3, source, { range, algorithms: [algorithm] }, (copied) =>
    storePart(s3, input, {
      number,
      etag: copied.md5,
      modifiedMs: s3.cloud.clock.now(),
      segments: copied.segments,
      sizeBytes: copied.sizeBytes,
      checksum: copied.checksums[0]!,
    }),
  );
  return {
    CopyPartResult: {
      ETag: `"${part.etag}"`,
      LastModified: toSeconds(part.modifiedMs),
      ...(upload.checksum ? checksumMembers(part.checksum) : {}),
    },
    ...upload.traits.encryption,
    ...copySourceVersion(source),
  };
}

/** A copy's range is strict: `bytes=first-last`, both within the source. */
function readCopyRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  const range = { start: Number(first), end: Number(last) };
  if (first === undefined || range.end < range.start) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      header,
    );
  }
  if (range.end < sizeBytes) return range;
  throw new AwsError("InvalidArgument", `Range specified is not valid for source object of size: ${sizeBytes}`, {
    members: { ArgumentName: "x-amz-copy-source-range", ArgumentValue: header },
  });
}
