import { checksumMembers } from "../objects/checksums.ts";
import { nameEncoder, readLimit } from "../listing/listing.ts";
import { requireUpload } from "./multipart-upload.ts";
import { abortDate } from "../lifecycle/lifecycle.ts";
import type { UploadRecord } from "../records.ts";
import { canonicalUser, requireBucket, toSeconds, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument } from "../errors.ts";

/** Lists an upload's parts by number, up to 1,000 a page. */
export function listParts(s3: S3, input: Input<"ListParts">): Output<"ListParts"> {
  const upload = requireUpload(s3, input);
  const limit = readLimit(input.MaxParts, "max-parts");
  const marker = Number(input.PartNumberMarker ?? 0);
  const parts = s3.uploads.parts(upload.id).filter((part) => part.number > marker);
  const page = parts.slice(0, limit);
  const owner = { ID: canonicalUser(s3.cloud.account) };
  return {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: `${marker}`,
    NextPartNumberMarker: `${page.at(-1)?.number ?? 0}`,
    MaxParts: limit,
    IsTruncated: page.length < parts.length,
    Parts: page.map((part) => ({
      PartNumber: part.number,
      LastModified: toSeconds(part.modifiedMs),
      ETag: `"${part.etag}"`,
      Size: part.sizeBytes,
      ...(upload.checksum ? checksumMembers(part.checksum) : {}),
    })),
    Initiator: owner,
    Owner: owner,
    StorageClass: upload.traits.storageClass as "STANDARD",
    ...(upload.checksum ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type } : {}),
    ...abortDate(s3, upload),
  };
}

/** Lists a bucket's uploads under way by key, up to 1,000 a page. */
export function listMultipartUploads(s3: S3, input: Input<"ListMultipartUploads">): Output<"ListMultipartUploads"> {
  const bucket = requireBucket(s3, input.Bucket);
  const encode = nameEncoder(input.EncodingType);
  const limit = readLimit(input.MaxUploads, "max-uploads");
  const page = readUploads(s3.uploads.list(bucket.name), input, limit);
  const { last } = page;
  return {
    Bucket: bucket.name,
    KeyMarker: encode(input.KeyMarker ?? ""),
    UploadIdMarker: input.KeyMarker ? (input.UploadIdMarker ?? "") : "",
    NextKeyMarker: encode(last?.key ?? ""),
    NextUploadIdMarker: last?.id ?? "",
    ...(input.Prefix ? { Prefix: encode(input.Prefix) } : {}),
    ...(input.Delimiter ? { Delimiter: encode(input.Delimiter) } : {}),
    MaxUploads: limit,
    IsTruncated: page.truncated,
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    ...(page.uploads.length > 0 ? { Uploads: page.uploads.map((upload) => describe(s3, upload, encode)) } : {}),
    ...(page.prefixes.length > 0
      ? { CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })) }
      : {}),
  };
}

interface UploadsPage {
  readonly uploads: readonly UploadRecord[];
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  readonly last: UploadRecord | undefined;
}

function readUploads(all: readonly UploadRecord[], input: Input<"ListMultipartUploads">, limit: number): UploadsPage {
  const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker: keyMarker = "" } = input;
  // Without a key the marker of an upload says nothing, and S3 ignores it.
  const idMarker = keyMarker === "" ? "" : (input.UploadIdMarker ?? "");
  if (idMarker !== "" && !all.some((upload) => upload.id === idMarker && upload.key === keyMarker)) {
    throw invalidArgument("Invalid uploadId marker", "upload-id-marker", idMarker);
  }
  const behind = ({ key, id }: UploadRecord) =>
    Buffer.compare(Buffer.from(key), Buffer.from(keyMarker)) > 0 ||
    (key === keyMarker && idMarker !== "" && id > idMarker);
  const candidates = all.filter((upload) => upload.key.startsWith(prefix) && behind(upload));
  const uploads: UploadRecord[] = [];
  const prefixes = new Set<string>();
  let last: UploadRecord | undefined;
  for (const upload of candidates) {
    const end = delimiter === "" ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : upload.key.slice(0, end + delimiter.length);
    if (common !== undefined && prefixes.has(common)) {
      last = upload;
      continue;
    }
    if (uploads.length + prefixes.size >= limit)
      return { uploads, prefixes: [...prefixes], truncated: limit > 0, last };
    if (common === undefined) uploads.push(upload);
    else prefixes.add(common);
    last = upload;
  }
  return { uploads, prefixes: [...prefixes], truncated: false, last };
}

function describe(s3: S3, upload: UploadRecord, encode: (name: string) => string) {
  const owner = { ID: canonicalUser(s3.cloud.account) };
  return {
    UploadId: upload.id,
    Key: encode(upload.key),
    Initiated: toSeconds(upload.initiatedMs),
    StorageClass: upload.traits.storageClass as "STANDARD",
    Owner: owner,
    Initiator: owner,
    ...(upload.checksum ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type } : {}),
  };
}
