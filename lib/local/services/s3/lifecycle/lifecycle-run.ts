import type { Checked } from "../../../kit/checked.ts";
import type { LifecycleRule } from "@aws-sdk/client-s3";
import type { Cancel } from "../../../state/clock.ts";
import { abortDate, activeRules, findExpiry, midnightAfter, prefixOf, ruleCovers } from "./lifecycle.ts";
import { abortUpload } from "../uploads/multipart-upload.ts";
import { notify } from "../notifications/notifications.ts";
import { isLocked } from "../objects/object-lock.ts";
import type { PlacedVersion } from "../objects/object-table.ts";
import type { BucketRecord, DeleteMarker } from "../records.ts";
import type { S3 } from "../context.ts";
import { removeVersion, storeVersion } from "../objects/store-version.ts";

/** Applies all lifecycle rules at every midnight UTC of the cloud's time, until cancelled. */
export function startLifecycle(s3: S3): Cancel {
  let cancel: Cancel;
  const wait = () => {
    cancel = s3.cloud.clock.at(midnightAfter(s3.cloud.clock.now() + 1, 0), run);
  };
  const run = () => {
    for (const [, bucket] of s3.buckets.list()) applyRules(s3, bucket);
    wait();
  };
  wait();
  return () => cancel();
}

/** One pass over a bucket. */
interface Pass {
  readonly s3: S3;
  readonly bucket: BucketRecord;
  readonly rules: readonly Checked<LifecycleRule>[];
  readonly nowMs: number;
}

/** Expires what is due in one bucket. */
export function applyRules(s3: S3, bucket: BucketRecord): void {
  const rules = activeRules(s3, bucket.name);
  if (rules.length === 0) return;
  const pass: Pass = { s3, bucket, rules, nowMs: s3.cloud.clock.now() };
  s3.cloud.store.transaction(() => {
    for (const upload of s3.uploads.list(bucket.name)) {
      const { AbortDate: due } = abortDate(s3, upload);
      if (due !== undefined && due.getTime() <= pass.nowMs) abortUpload(s3, upload);
    }
    for (const versions of versionsByKey(s3, bucket)) expireKey(pass, versions);
  });
}

/** All versions of each key, newest first. */
function versionsByKey(s3: S3, bucket: BucketRecord): PlacedVersion[][] {
  const all = Array.from(s3.objects.all(bucket.name, { key: "", inclusive: true }));
  return [...Map.groupBy(all, ({ key }) => key).values()];
}

function expireKey(pass: Pass, [current, ...noncurrent]: readonly PlacedVersion[]): void {
  const kept = noncurrent.filter((version, newer) => {
    const replacedMs = (noncurrent[newer - 1] ?? current!).record.modifiedMs;
    return !isNoncurrentDue(pass, version, { replacedMs, newer }) || !removeUnlocked(pass, version);
  });
  if (current!.record.deleteMarker) removeExpiredMarker(pass, current!, kept);
  else expireCurrent(pass, current!);
}

function expireCurrent({ s3, bucket, nowMs }: Pass, version: PlacedVersion): void {
  const { key, record } = version;
  const expiry = record.deleteMarker ? undefined : findExpiry(s3, bucket.name, key, record);
  if (expiry === undefined || expiry.atMs > nowMs) return;
  const context = { account: s3.cloud.account, region: bucket.region, requestId: `lifecycle-${nowMs}` };
  if (bucket.versioning === undefined) {
    removeVersion(s3, bucket.name, version);
    notify(s3, context, "LifecycleExpiration:Delete", bucket.name, key, undefined);
    return;
  }
  const marker = storeVersion<DeleteMarker>(s3, bucket.name, key, { deleteMarker: true, modifiedMs: nowMs });
  notify(s3, context, "LifecycleExpiration:DeleteMarkerCreated", bucket.name, key, marker);
}

/** A delete marker that hides nothing any more goes where a rule says so. */
function removeExpiredMarker({ s3, bucket, rules }: Pass, marker: PlacedVersion, hidden: readonly unknown[]): void {
  const wanted = rules.some(
    (rule) => rule.Expiration?.ExpiredObjectDeleteMarker && marker.key.startsWith(prefixOf(rule)),
  );
  if (hidden.length === 0 && wanted) removeVersion(s3, bucket.name, marker);
}

/**
 * `newer` counts the noncurrent versions that are newer than this one: a rule may keep some, regardless of their age.
 */
function isNoncurrentDue(
  { rules, nowMs }: Pass,
  { key, record }: PlacedVersion,
  { replacedMs, newer }: { readonly replacedMs: number; readonly newer: number },
): boolean {
  return rules.some((rule) => {
    const { NoncurrentDays: days, NewerNoncurrentVersions: keep = 0 } = rule.NoncurrentVersionExpiration ?? {};
    if (days === undefined || newer < keep || midnightAfter(replacedMs, days) > nowMs) return false;
    return record.deleteMarker ? key.startsWith(prefixOf(rule)) : ruleCovers(rule, key, record);
  });
}

function removeUnlocked({ s3, bucket, nowMs }: Pass, version: PlacedVersion): boolean {
  if (!version.record.deleteMarker && isLocked(version.record, nowMs, false)) return false;
  removeVersion(s3, bucket.name, version);
  return true;
}
