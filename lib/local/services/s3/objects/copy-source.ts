import type { ChecksumAlgorithm } from "@aws-sdk/client-s3";
import type { ByteRange } from "../../../state/blobs.ts";
import { createChecksum, type PlainChecksum } from "./checksums.ts";
import { checkCopySource } from "./conditions.ts";
import { requireObject, type PlacedObject } from "./find-version.ts";
import { readObject } from "./object-bytes.ts";
import type { BucketRecord, Segment } from "../records.ts";
import { requireBucket, type S3 } from "../context.ts";
import { invalidArgument } from "../errors.ts";
import { percentDecode } from "../../../../util/percent-decode.ts";

/** What CopyObject and UploadPartCopy say of their source. */
export interface CopySourceInput {
  readonly CopySource?: string | undefined;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
}

/** The object to copy. */
export interface CopySource extends PlacedObject {
  readonly bucket: BucketRecord;
  /** As the request gave it. */
  readonly versionId: string | undefined;
}

/** Finds the source of a copy, and refuses it where the request's conditions on it do not hold. */
export function requireCopySource(s3: S3, input: CopySourceInput): CopySource {
  const { bucketName, key, versionId } = parse(input.CopySource ?? "");
  const bucket = requireBucket(s3, bucketName);
  const found = requireObject(s3, bucket.name, key, versionId, "PUT");
  checkCopySource(
    {
      ifMatch: input.CopySourceIfMatch,
      ifNoneMatch: input.CopySourceIfNoneMatch,
      ifModifiedSince: input.CopySourceIfModifiedSince,
      ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    },
    found.record,
    s3.cloud.clock.now(),
  );
  return { ...found, bucket, versionId };
}

/** The bytes of a copy: they stay where they are, unless only a part of a blob is copied. */
export interface CopiedBytes {
  readonly segments: readonly Segment[];
  readonly sizeBytes: number;
  /** In hexadecimal. */
  readonly md5: string;
  readonly checksums: readonly PlainChecksum[];
}

/**
 * Reads the source through once for its hashes and hands them to `commit`, with the blobs held in place meanwhile. A
 * range is written as a blob of its own.
 */
export async function copyBytes<T>(
  s3: S3,
  source: CopySource,
  options: { readonly range?: ByteRange | undefined; readonly algorithms: readonly ChecksumAlgorithm[] },
  commit: (copied: CopiedBytes) => T,
): Promise<T> {
  const { segments } = source.record;
  return s3.references.pinned(
    segments.map((segment) => segment.sha256),
    async () => {
      const running = options.algorithms.map((algorithm) => ({ algorithm, hash: createChecksum(algorithm) }));
      const md5 = createChecksum("MD5");
      const observe = (chunk: Uint8Array) =>
        [md5, ...running.map(({ hash }) => hash)].forEach((hash) => hash.update(chunk));
      const finish = (kept: readonly Segment[]) =>
        commit({
          segments: kept,
          sizeBytes: kept.reduce((sum, segment) => sum + segment.sizeBytes, 0),
          md5: md5.digest().toString("hex"),
          checksums: running.map(({ algorithm, hash }) => ({ algorithm, value: hash.digest().toString("base64") })),
        });
      const bytes = readObject(s3.references, segments, options.range);
      if (options.range === undefined) {
        for await (const chunk of bytes as AsyncIterable<Uint8Array>) observe(chunk);
        return finish(segments);
      }
      const staged = await s3.references.blobs.stage(bytes, observe);
      return s3.references.keep(staged, finish);
    },
  );
}

/** `bucket/key`, maybe with a slash before it, percent-encoded, with `?versionId=…` behind it. */
function parse(source: string): { bucketName: string; key: string; versionId: string | undefined } {
  const [, path = "", versionId] = /^\/?(.*?)(?:\?versionId=(.*))?$/s.exec(source)!;
  const decoded = percentDecode(path);
  const slash = decoded?.indexOf("/") ?? -1;
  if (decoded === undefined || slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source");
  }
  return { bucketName: decoded.slice(0, slash), key: decoded.slice(slash + 1), versionId };
}
