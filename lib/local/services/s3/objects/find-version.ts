import type { PlacedVersion } from "./object-table.ts";
import type { ObjectVersion } from "../records.ts";
import type { S3 } from "../context.ts";
import { invalidArgument, methodNotAllowed, noSuchKey, noSuchVersion } from "../errors.ts";
import { NULL_VERSION, sequenceOf } from "./version-id.ts";

/** A version that holds an object, with its position. */
export type PlacedObject = PlacedVersion & { readonly record: ObjectVersion };

/**
 * The object that a request names: the given version, else the latest. Refused where it is missing or a delete marker;
 * `onMarker` says whether the operation reports the latter as such (405) or as missing (404).
 */
export function requireObject(
  s3: S3,
  bucket: string,
  key: string,
  versionId: string | undefined,
  method: string,
  onMarker: "gone" | "refused" = "gone",
): PlacedObject {
  const found = versionId === undefined ? s3.objects.latest(bucket, key) : findById(s3, bucket, key, versionId);
  if (found === undefined) throw versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
  if (!found.record.deleteMarker) return found as PlacedObject;
  if (versionId === undefined && onMarker === "gone") {
    throw noSuchKey(key, { "x-amz-delete-marker": "true", "x-amz-version-id": found.record.versionId });
  }
  throw methodNotAllowed(method);
}

/** The version with this id. Refuses what cannot be an id. */
export function findById(s3: S3, bucket: string, key: string, versionId: string): PlacedVersion | undefined {
  if (versionId !== NULL_VERSION && sequenceOf(versionId) === undefined) {
    throw invalidArgument("Invalid version id specified", "versionId", versionId);
  }
  return s3.objects.version(bucket, key, versionId);
}
