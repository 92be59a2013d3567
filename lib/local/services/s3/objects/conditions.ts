import { AwsError } from "../../../aws-error.ts";
import type { PlacedVersion } from "./object-table.ts";
import { headerNotImplemented, noSuchKey, preconditionFailed } from "../errors.ts";

/** The conditions of a read. */
export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: Date | undefined;
  readonly ifUnmodifiedSince?: Date | undefined;
}

/** The conditions of a write. */
export interface WriteConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

/** What a condition is held against. */
interface Judged {
  readonly etag: string;
  readonly modifiedMs: number;
}

/** Which header says no to a read, in the order of RFC 9110, section 13.2.2: an ETag outranks a date. */
export function findUnmet(conditions: ReadConditions, object: Judged, nowMs: number): UnmetCondition | undefined {
  const modified = Math.floor(object.modifiedMs / 1000) * 1000;
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) return "If-Match";
  } else if (ifUnmodifiedSince !== undefined && modified > ifUnmodifiedSince.getTime()) {
    return "If-Unmodified-Since";
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? "If-None-Match" : undefined;
  // A date in the future is not a valid condition (RFC 9110, section 13.1.3).
  if (ifModifiedSince === undefined || ifModifiedSince.getTime() > nowMs) return undefined;
  return modified <= ifModifiedSince.getTime() ? "If-Modified-Since" : undefined;
}

type UnmetCondition = "If-Match" | "If-Unmodified-Since" | "If-None-Match" | "If-Modified-Since";

/** Refuses a read whose conditions do not hold: 304 where the caller has the object already, else 412. */
export function checkRead(conditions: ReadConditions, object: Judged, nowMs: number): void {
  const unmet = findUnmet(conditions, object, nowMs);
  if (unmet === undefined) return;
  if (unmet === "If-None-Match" || unmet === "If-Modified-Since") {
    const headers = { etag: `"${object.etag}"`, "last-modified": new Date(object.modifiedMs).toUTCString() };
    throw new AwsError("NotModified", "Not Modified", { statusCode: 304, headers });
  }
  throw preconditionFailed(unmet);
}

/** Refuses a copy whose conditions on the source do not hold. */
export function checkCopySource(conditions: ReadConditions, source: Judged, nowMs: number): void {
  const unmet = findUnmet(conditions, source, nowMs);
  if (unmet !== undefined) throw preconditionFailed(`x-amz-copy-source-${unmet}`);
}

/** Refuses conditions that S3 does not take on a write. */
export function validateWriteConditions({ IfMatch, IfNoneMatch }: WriteConditions): void {
  if (IfMatch !== undefined && IfNoneMatch !== undefined) {
    throw headerNotImplemented("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
  }
  if (IfMatch === "*") throw valueNotAccepted("If-Match");
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") throw valueNotAccepted("If-None-Match");
}

/** Refuses a write whose conditions do not hold. Call it in the transaction that writes. */
export function checkWrite(conditions: WriteConditions, latest: PlacedVersion | undefined, key: string): void {
  const record = latest?.record;
  const current = record === undefined || record.deleteMarker ? undefined : record;
  if (conditions.IfNoneMatch !== undefined && current !== undefined) throw preconditionFailed("If-None-Match");
  if (conditions.IfMatch === undefined) return;
  if (current === undefined) throw noSuchKey(key);
  if (!matches(conditions.IfMatch, current.etag)) throw preconditionFailed("If-Match");
}

/** Whether an entity tag condition names the object; S3 takes tags with and without their quotes, and lists. */
export function matches(condition: string, etag: string): boolean {
  return condition.split(",").some((tag) => ["*", etag, `"${etag}"`].includes(tag.trim()));
}

function valueNotAccepted(header: string): AwsError {
  return headerNotImplemented(header, `We don't accept the provided value of ${header} header for this API`);
}
