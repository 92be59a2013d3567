import type { DeleteMarkerEntry, ObjectVersion as VersionEntry } from "@aws-sdk/client-s3";
import { nameEncoder, readLimit, readPage, type ListingPage } from "./listing.ts";
import type { KeyBound, PlacedVersion } from "../objects/object-table.ts";
import { canonicalUser, requireBucket, toSeconds, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument } from "../errors.ts";
import { sequenceOf } from "../objects/version-id.ts";

/** Lists all versions and delete markers by key, newest first, up to 1,000 a page. */
export function listObjectVersions(s3: S3, input: Input<"ListObjectVersions">): Output<"ListObjectVersions"> {
  const bucket = requireBucket(s3, input.Bucket);
  if (input.VersionIdMarker && !input.KeyMarker) {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      input.VersionIdMarker,
    );
  }
  const encode = nameEncoder(input.EncodingType);
  const limit = readLimit(input.MaxKeys, "max-keys");
  const page = readVersions(s3, bucket.name, input, limit);
  const last = page.entries.at(-1);
  const describe = describer(canonicalUser(s3.cloud.account), encode);
  const Versions = page.entries.filter(({ record }) => !record.deleteMarker).map(describe) as VersionEntry[];
  const DeleteMarkers = page.entries.filter(({ record }) => record.deleteMarker).map(describe) as DeleteMarkerEntry[];
  const endsInVersion = last !== undefined && last.key === page.last;
  return {
    Name: bucket.name,
    Prefix: encode(input.Prefix ?? ""),
    KeyMarker: encode(input.KeyMarker ?? ""),
    VersionIdMarker: input.VersionIdMarker ?? "",
    ...(input.Delimiter ? { Delimiter: encode(input.Delimiter) } : {}),
    MaxKeys: limit,
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    IsTruncated: page.truncated,
    ...(page.truncated ? { NextKeyMarker: encode(page.last!) } : {}),
    ...(page.truncated && endsInVersion ? { NextVersionIdMarker: last.record.versionId } : {}),
    ...(Versions.length > 0 ? { Versions } : {}),
    ...(DeleteMarkers.length > 0 ? { DeleteMarkers } : {}),
    ...(page.commonPrefixes.length > 0
      ? { CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })) }
      : {}),
  };
}

function readVersions(s3: S3, bucket: string, input: Input<"ListObjectVersions">, limit: number): ListingPage {
  const { KeyMarker: key = "", VersionIdMarker: version = "" } = input;
  const before = version === "" ? undefined : markerSequence(s3, bucket, key, version);
  function* read(from: KeyBound): Generator<PlacedVersion> {
    const resumes = before !== undefined && !from.inclusive && from.key === key;
    for (const placed of s3.objects.all(bucket, resumes ? { key, inclusive: true } : from)) {
      if (!resumes || placed.key !== key || placed.sequence < before) yield placed;
    }
  }
  return readPage(read, { prefix: input.Prefix ?? "", delimiter: input.Delimiter ?? "", limit, after: key });
}

/** The position of the marked version, even of a deleted one: ids contain it. */
function markerSequence(s3: S3, bucket: string, key: string, versionId: string): number {
  const sequence = s3.objects.version(bucket, key, versionId)?.sequence ?? sequenceOf(versionId);
  if (sequence === undefined) throw invalidArgument("Invalid version id specified", "version-id-marker", versionId);
  return sequence;
}

function describer(ownerId: string, encode: (name: string) => string) {
  return ({ key, latest, record }: PlacedVersion): VersionEntry | DeleteMarkerEntry => {
    const common = {
      Key: encode(key),
      VersionId: record.versionId,
      IsLatest: latest,
      LastModified: toSeconds(record.modifiedMs),
      Owner: { ID: ownerId },
    };
    if (record.deleteMarker) return common;
    return {
      ...common,
      ETag: `"${record.etag}"`,
      ...(record.checksum
        ? { ChecksumAlgorithm: [record.checksum.algorithm], ChecksumType: record.checksum.type }
        : {}),
      Size: record.sizeBytes,
      StorageClass: record.storageClass as VersionEntry["StorageClass"],
    };
  };
}
