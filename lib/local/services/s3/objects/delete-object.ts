import { isAwsError } from "../../../aws-error.ts";
import { matches } from "./conditions.ts";
import type { RequestContext } from "../../../service.ts";
import { notify } from "../notifications/notifications.ts";
import { findById } from "./find-version.ts";
import { isLocked } from "./object-lock.ts";
import type { PlacedVersion } from "./object-table.ts";
import type { BucketRecord, DeleteMarker } from "../records.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { accessDenied, headerNotImplemented, malformedXml, preconditionFailed } from "../errors.ts";
import { removeVersion, storeVersion } from "./store-version.ts";
import { NULL_VERSION } from "./version-id.ts";

/** One object to delete, as both operations name it. */
interface Deletion {
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly bypassGovernance: boolean;
}

/** What a deletion left behind. */
interface Deleted {
  readonly versionId?: string;
  /** Whether a delete marker was made or removed. */
  readonly marker?: boolean;
}

const MOST_KEYS = 1000;

/** Deletes a version, or adds a delete marker in a versioned bucket. A missing key is not an error. */
export function deleteObject(s3: S3, input: Input<"DeleteObject">, context: RequestContext): Output<"DeleteObject"> {
  const bucket = requireBucket(s3, input.Bucket);
  if (input.IfMatchLastModifiedTime !== undefined) throw headerNotImplemented("x-amz-if-match-last-modified-time");
  if (input.IfMatchSize !== undefined) throw headerNotImplemented("x-amz-if-match-size");
  const deleted = deleteOne(s3, bucket, context, {
    key: input.Key,
    versionId: input.VersionId,
    ifMatch: input.IfMatch,
    bypassGovernance: input.BypassGovernanceRetention ?? false,
  });
  return {
    ...(deleted.versionId === undefined ? {} : { VersionId: deleted.versionId }),
    ...(deleted.marker ? { DeleteMarker: true } : {}),
  };
}

/** Deletes up to 1,000 objects. Those that are refused come back with their errors. */
export function deleteObjects(s3: S3, input: Input<"DeleteObjects">, context: RequestContext): Output<"DeleteObjects"> {
  const bucket = requireBucket(s3, input.Bucket);
  const wanted = input.Delete?.Objects ?? [];
  if (wanted.length === 0 || wanted.length > MOST_KEYS) throw malformedXml();
  const answer = { Deleted: [], Errors: [] } as Required<Pick<Output<"DeleteObjects">, "Deleted" | "Errors">>;
  for (const [index, { Key: key = "", VersionId: versionId, ETag: ifMatch }] of wanted.entries()) {
    const named = { Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
    const refusal = context.refusedParts?.get(index);
    try {
      if (refusal !== undefined) throw accessDenied(refusal);
      const bypassGovernance = input.BypassGovernanceRetention ?? false;
      const deleted = deleteOne(s3, bucket, context, { key, versionId, ifMatch, bypassGovernance });
      if (!input.Delete?.Quiet) answer.Deleted.push({ ...named, ...describeMarker(deleted) });
    } catch (error) {
      if (!isAwsError(error)) throw error;
      answer.Errors.push({ ...named, Code: error.code, Message: error.message });
    }
  }
  return {
    ...(answer.Deleted.length > 0 ? { Deleted: answer.Deleted } : {}),
    ...(answer.Errors.length > 0 ? { Errors: answer.Errors } : {}),
  };
}

function describeMarker({ marker, versionId }: Deleted) {
  return marker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {};
}

function deleteOne(s3: S3, bucket: BucketRecord, context: RequestContext, deletion: Deletion): Deleted {
  return s3.cloud.store.transaction(() => {
    checkIfMatch(s3, bucket, deletion);
    return deletion.versionId === undefined
      ? deleteLatest(s3, bucket, context, deletion.key)
      : deleteVersion(s3, bucket, context, { ...deletion, versionId: deletion.versionId });
  });
}

function checkIfMatch(s3: S3, bucket: BucketRecord, { key, ifMatch }: Deletion): void {
  if (ifMatch === undefined) return;
  const latest = s3.objects.latest(bucket.name, key)?.record;
  if (latest === undefined || latest.deleteMarker || !matches(ifMatch, latest.etag))
    throw preconditionFailed("If-Match");
}

/** Without a version: the object is gone, or, where versions are kept, hidden by a delete marker. */
function deleteLatest(s3: S3, bucket: BucketRecord, context: RequestContext, key: string): Deleted {
  if (bucket.versioning !== undefined) {
    const marker = storeVersion<DeleteMarker>(s3, bucket.name, key, {
      deleteMarker: true,
      modifiedMs: s3.cloud.clock.now(),
    });
    notify(s3, context, "ObjectRemoved:DeleteMarkerCreated", bucket.name, key, marker);
    return { versionId: marker.versionId, marker: true };
  }
  const found = s3.objects.version(bucket.name, key, NULL_VERSION);
  if (found) removeVersion(s3, bucket.name, found);
  notify(s3, context, "ObjectRemoved:Delete", bucket.name, key, undefined);
  return {};
}

function deleteVersion(
  s3: S3,
  bucket: BucketRecord,
  context: RequestContext,
  { key, versionId, bypassGovernance }: Deletion & { readonly versionId: string },
): Deleted {
  const found = findById(s3, bucket.name, key, versionId);
  if (found) {
    refuseLocked(s3, found, bypassGovernance);
    removeVersion(s3, bucket.name, found);
    notify(s3, context, "ObjectRemoved:Delete", bucket.name, key, undefined);
  }
  return { versionId, ...(found?.record.deleteMarker ? { marker: true } : {}) };
}

function refuseLocked(s3: S3, { record }: PlacedVersion, bypassGovernance: boolean): void {
  if (record.deleteMarker || !isLocked(record, s3.cloud.clock.now(), bypassGovernance)) return;
  throw accessDenied("Access Denied because object protected by object lock.");
}
