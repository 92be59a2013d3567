import type { VersionRecord } from "../records.ts";
import { NULL_VERSION, buildVersionId } from "./version-id.ts";
import type { S3 } from "../context.ts";
import type { PlacedVersion } from "./object-table.ts";

/** A version that has not got its id yet. */
export type NewVersion<T extends VersionRecord> = Omit<T, "versionId">;

/**
 * Makes a version the latest of its key: beside the older ones where the bucket keeps versions, else in place of the
 * null version. Call it in a transaction.
 */
export function storeVersion<T extends VersionRecord>(
  s3: S3,
  bucketName: string,
  key: string,
  version: NewVersion<T>,
): T {
  const sequence = s3.objects.nextSequence(version.modifiedMs);
  const versioned = s3.buckets.get(bucketName)?.versioning === "Enabled";
  if (!versioned) {
    const replaced = s3.objects.version(bucketName, key, NULL_VERSION);
    if (replaced) removeVersion(s3, bucketName, replaced);
  }
  const record = { ...version, versionId: versioned ? buildVersionId(sequence) : NULL_VERSION } as T;
  s3.objects.insert(bucketName, key, sequence, record);
  if (!record.deleteMarker) s3.references.add(record.segments);
  return record;
}

/** Removes a version and releases its bytes. Call it in a transaction. */
export function removeVersion(s3: S3, bucketName: string, { key, sequence, record }: PlacedVersion): void {
  s3.objects.remove(bucketName, key, sequence);
  if (!record.deleteMarker) s3.references.release(record.segments);
}
