import { checksumMembers } from "./checksums.ts";
import { requireObject } from "./find-version.ts";
import type { ObjectVersion } from "../records.ts";
import { requireBucket, toSeconds, type Input, type Output, type S3 } from "../context.ts";

type Attributes = Output<"GetObjectAttributes">;

/** Returns an object's size, ETag, checksum, storage class and parts, those that are asked for. */
export function getObjectAttributes(s3: S3, input: Input<"GetObjectAttributes">): Attributes {
  const bucket = requireBucket(s3, input.Bucket);
  const { record } = requireObject(s3, bucket.name, input.Key, input.VersionId, "GET");
  const wanted = new Set<string>(input.ObjectAttributes);
  return {
    LastModified: toSeconds(record.modifiedMs),
    ...(bucket.versioning ? { VersionId: record.versionId } : {}),
    ...(wanted.has("ETag") ? { ETag: record.etag } : {}),
    ...(wanted.has("Checksum") ? describeChecksum(record) : {}),
    ...(wanted.has("ObjectParts") ? describeParts(record, input) : {}),
    ...(wanted.has("StorageClass") ? { StorageClass: record.storageClass as "STANDARD" } : {}),
    ...(wanted.has("ObjectSize") ? { ObjectSize: record.sizeBytes } : {}),
  };
}

/** Unlike elsewhere, without the number of parts behind a composite one. */
function describeChecksum({ checksum }: ObjectVersion): Pick<Attributes, "Checksum"> {
  if (checksum === undefined) return {};
  const plain = { ...checksum, value: checksum.value.replace(/-\d+$/, "") };
  return { Checksum: { ...checksumMembers(plain), ChecksumType: checksum.type } };
}

/** Parts are listed only where they have checksums of their own that count: in composite ones. */
function describeParts(
  { parts, checksum }: ObjectVersion,
  input: Input<"GetObjectAttributes">,
): Pick<Attributes, "ObjectParts"> {
  if (parts === undefined) return {};
  if (checksum?.type !== "COMPOSITE") return { ObjectParts: { TotalPartsCount: parts.length } };
  const marker = Number(input.PartNumberMarker ?? 0);
  const limit = input.MaxParts ?? 1000;
  const behind = parts.filter((part) => part.number > marker);
  const page = behind.slice(0, limit);
  return {
    ObjectParts: {
      TotalPartsCount: parts.length,
      PartNumberMarker: `${marker}`,
      NextPartNumberMarker: `${page.at(-1)?.number ?? 0}`,
      MaxParts: limit,
      IsTruncated: page.length < behind.length,
      Parts: page.map((part) => ({
        PartNumber: part.number,
        Size: part.sizeBytes,
        ...checksumMembers(
          part.checksum === undefined ? undefined : { algorithm: checksum.algorithm, value: part.checksum },
        ),
      })),
    },
  };
}
