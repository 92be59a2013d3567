import type { LifecycleRule } from "@aws-sdk/client-s3";
import type { Cancel } from "../../clock.ts";
import { abortUpload } from "./multipart-upload.ts";
import { abortDate, activeRules, findExpiry, midnightAfter, prefixOf, ruleCovers } from "./lifecycle.ts";
import { notify } from "./notifications.ts";
import type { PlacedVersion } from "./object-table.ts";
import type { BucketRecord, DeleteMarker } from "./records.ts";
import type { S3 } from "./s3-context.ts";
import { isLocked } from "./object-lock.ts";
import { removeVersion, storeVersion } from "./store-version.ts";

/** Applies all lifecycle rules at every midnight UTC of the cloud's time, until cancelled. */
export function startLifecycle(s3: S3): Cancel {
  let cancel: Cancel;
  const wait = () => {
    cancel = s3.cloud.clock.at(nextMidnight(s3.cloud.clock.now()), run);
  };
  const run = () => {
    for (const [, bucket] of s3.buckets.list()) applyRules(s3, bucket);
    wait();
  };
  wait();
  return () => cancel();
}

/** Expires what is due in one bucket. */
export function applyRules(s3: S3, bucket: BucketRecord): void {
  const rules = activeRules(s3, bucket.name);
  if (rules.length === 0) return;
  const nowMs = s3.cloud.clock.now();
  s3.cloud.store.transaction(() => {
    for (const upload of s3.uploads.list(bucket.name)) {
      const { AbortDate: due } = abortDate(s3, upload);
      if (due !== undefined && due.getTime() <= nowMs) abortUpload(s3, upload);
    }
    const start = { key: "", inclusive: true };
    let newer: PlacedVersion | undefined;
    for (const version of Array.from(s3.objects.all(bucket.name, start))) {
      const replacedMs = newer?.key === version.key ? newer.record.modifiedMs : undefined;
      if (version.latest) expireCurrent(s3, bucket, version, nowMs);
      else if (isNoncurrentDue(rules, version, replacedMs!, nowMs)) removeUnlocked(s3, bucket, version, nowMs);
      newer = version;
    }
  });
}

function expireCurrent(s3: S3, bucket: BucketRecord, version: PlacedVersion, nowMs: number): void {
  const { key, record } = version;
  if (record.deleteMarker) return;
  const expiry = findExpiry(s3, bucket.name, key, record);
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

function isNoncurrentDue(
  rules: readonly LifecycleRule[],
  { key, record }: PlacedVersion,
  replacedMs: number,
  nowMs: number,
): boolean {
  return rules.some((rule) => {
    const days = rule.NoncurrentVersionExpiration?.NoncurrentDays;
    if (days === undefined || midnightAfter(replacedMs, days) > nowMs) return false;
    return record.deleteMarker ? key.startsWith(prefixOf(rule)) : ruleCovers(rule, key, record);
  });
}

function removeUnlocked(s3: S3, bucket: BucketRecord, version: PlacedVersion, nowMs: number): void {
  if (version.record.deleteMarker || !isLocked(version.record, nowMs, false)) removeVersion(s3, bucket.name, version);
}

function nextMidnight(nowMs: number): number {
  return midnightAfter(nowMs + 1, 0);
}
