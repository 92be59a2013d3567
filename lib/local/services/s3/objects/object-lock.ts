import { invalidArgument, invalidRequest } from "../errors.ts";
import type { BucketRecord, ObjectVersion, Retention } from "../records.ts";
import type { S3 } from "../context.ts";

/** What an upload may say about locking its object. */
export interface ObjectLockInput {
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

const DAY_MS = 86_400_000;

/** The lock of a new object: the request's, else the bucket's default retention. */
export function readObjectLock(
  s3: S3,
  bucket: BucketRecord,
  input: ObjectLockInput,
): { retention?: Retention; legalHold?: boolean } {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input;
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
      mode === undefined ? "x-amz-object-lock-mode" : "x-amz-object-lock-retain-until-date",
    );
  }
  if ((mode !== undefined || hold !== undefined) && !bucket.objectLock) throw lockNotConfigured();
  const retention =
    mode === undefined ? defaultRetention(s3, bucket) : { mode: mode as Retention["mode"], untilMs: until!.getTime() };
  return {
    ...(retention === undefined ? {} : { retention }),
    ...(hold === undefined ? {} : { legalHold: hold === "ON" }),
  };
}

/** Whether the version may not be deleted now. Only governance can be bypassed. */
export function isLocked(version: ObjectVersion, nowMs: number, bypassGovernance: boolean): boolean {
  if (version.legalHold) return true;
  const { retention } = version;
  if (retention === undefined || retention.untilMs <= nowMs) return false;
  return retention.mode === "COMPLIANCE" || !bypassGovernance;
}

/** `InvalidRequest`: the bucket has no object lock. */
export function lockNotConfigured() {
  return invalidRequest("Bucket is missing Object Lock Configuration");
}

function defaultRetention(s3: S3, bucket: BucketRecord): Retention | undefined {
  const rule = s3.settings.get(bucket.name, "objectLock")?.Rule?.DefaultRetention;
  if (rule?.Mode === undefined) return undefined;
  const days = rule.Days ?? (rule.Years ?? 0) * 365;
  return { mode: rule.Mode, untilMs: s3.cloud.clock.now() + days * DAY_MS };
}
