import type { Owner, _Object } from "@aws-sdk/client-s3";
import { nameEncoder, readLimit, readPage, type ListingPage } from "./listing.ts";
import type { PlacedVersion } from "../objects/object-table.ts";
import type { ObjectVersion } from "../records.ts";
import { canonicalUser, requireBucket, toSeconds, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument } from "../errors.ts";

/** Lists latest versions by key, up to 1,000 a page, with common prefixes up to the delimiter. */
export function listObjectsV2(s3: S3, input: Input<"ListObjectsV2">): Output<"ListObjectsV2"> {
  const bucket = requireBucket(s3, input.Bucket);
  const encode = nameEncoder(input.EncodingType);
  const limit = readLimit(input.MaxKeys, "max-keys");
  const after = input.ContinuationToken === undefined ? (input.StartAfter ?? "") : readToken(input.ContinuationToken);
  const page = readCurrent(s3, bucket.name, input, limit, after);
  const owner = input.FetchOwner ? { ID: canonicalUser(s3.cloud.account) } : undefined;
  return {
    Name: bucket.name,
    Prefix: encode(input.Prefix ?? ""),
    ...(input.Delimiter ? { Delimiter: encode(input.Delimiter) } : {}),
    MaxKeys: limit,
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    ...(input.StartAfter === undefined ? {} : { StartAfter: encode(input.StartAfter) }),
    ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
    IsTruncated: page.truncated,
    ...(page.truncated ? { NextContinuationToken: writeToken(page.last!) } : {}),
    KeyCount: page.entries.length + page.commonPrefixes.length,
    ...describePage(page, encode, owner),
  };
}

/** The older form of `ListObjectsV2`, whose pages go on after a marker. */
export function listObjects(s3: S3, input: Input<"ListObjects">): Output<"ListObjects"> {
  const bucket = requireBucket(s3, input.Bucket);
  const encode = nameEncoder(input.EncodingType);
  const limit = readLimit(input.MaxKeys, "max-keys");
  const page = readCurrent(s3, bucket.name, input, limit, input.Marker ?? "");
  return {
    Name: bucket.name,
    Prefix: encode(input.Prefix ?? ""),
    Marker: encode(input.Marker ?? ""),
    ...(input.Delimiter ? { Delimiter: encode(input.Delimiter) } : {}),
    MaxKeys: limit,
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    IsTruncated: page.truncated,
    // Returned only with a delimiter; without one, clients take the last key.
    ...(page.truncated && input.Delimiter ? { NextMarker: encode(page.last!) } : {}),
    ...describePage(page, encode, { ID: canonicalUser(s3.cloud.account) }),
  };
}

function readCurrent(
  s3: S3,
  bucket: string,
  input: { Prefix?: string; Delimiter?: string },
  limit: number,
  after: string,
): ListingPage {
  const query = { prefix: input.Prefix ?? "", delimiter: input.Delimiter ?? "", limit, after };
  return readPage((from) => s3.objects.current(bucket, from), query);
}

function describePage(page: ListingPage, encode: (name: string) => string, owner: Owner | undefined) {
  const Contents = page.entries.map((entry) => describeEntry(entry, encode, owner));
  const CommonPrefixes = page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) }));
  return {
    ...(Contents.length > 0 ? { Contents } : {}),
    ...(CommonPrefixes.length > 0 ? { CommonPrefixes } : {}),
  };
}

function describeEntry({ key, record }: PlacedVersion, encode: (name: string) => string, owner?: Owner): _Object {
  const object = record as ObjectVersion;
  return {
    Key: encode(key),
    LastModified: toSeconds(object.modifiedMs),
    ETag: `"${object.etag}"`,
    ...(object.checksum ? { ChecksumAlgorithm: [object.checksum.algorithm], ChecksumType: object.checksum.type } : {}),
    Size: object.sizeBytes,
    StorageClass: object.storageClass as _Object["StorageClass"],
    ...(owner ? { Owner: owner } : {}),
  };
}

function writeToken(last: string): string {
  return Buffer.from(`1:${last}`).toString("base64url");
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith("1:")) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token");
  }
  return text.slice(2);
}
