import type { Checked } from "../../../kit/checked.ts";
import type { LifecycleRule, LifecycleRuleFilter, Tag } from "@aws-sdk/client-s3";
import type { ObjectVersion, UploadRecord } from "../records.ts";
import type { S3 } from "../context.ts";

const DAY_MS = 86_400_000;

/** When an object expires, and by which rule. */
export interface Expiry {
  readonly atMs: number;
  readonly ruleId: string;
}

/** The rules of a bucket that are switched on. */
export function activeRules(s3: S3, bucket: string): Checked<LifecycleRule>[] {
  return (s3.settings.get(bucket, "lifecycle")?.rules ?? []).filter((rule) => rule.Status === "Enabled");
}

/** The first expiry that a rule sets for a current version. */
export function findExpiry(s3: S3, bucket: string, key: string, version: ObjectVersion): Expiry | undefined {
  let first: Expiry | undefined;
  for (const rule of activeRules(s3, bucket)) {
    const { Days: days, Date: date } = rule.Expiration ?? {};
    const atMs = date?.getTime() ?? (days === undefined ? undefined : midnightAfter(version.modifiedMs, days));
    if (atMs === undefined || !ruleCovers(rule, key, version)) continue;
    if (first === undefined || atMs < first.atMs) first = { atMs, ruleId: rule.ID! };
  }
  return first;
}

/** The `x-amz-expiration` header of an object, where a rule covers it. */
export function expirationHeader(s3: S3, bucket: string, key: string, version: ObjectVersion): { Expiration?: string } {
  const expiry = findExpiry(s3, bucket, key, version);
  if (expiry === undefined) return {};
  const rule = encodeURIComponent(expiry.ruleId);
  return { Expiration: `expiry-date="${new Date(expiry.atMs).toUTCString()}", rule-id="${rule}"` };
}

/** When a rule will abort an upload that is never completed. */
export function abortDate(s3: S3, upload: UploadRecord): { AbortDate?: Date; AbortRuleId?: string } {
  const rule = activeRules(s3, upload.bucket).find(
    (each) => each.AbortIncompleteMultipartUpload !== undefined && upload.key.startsWith(prefixOf(each)),
  );
  const days = rule?.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (days === undefined) return {};
  return { AbortDate: new Date(midnightAfter(upload.initiatedMs, days)), AbortRuleId: rule!.ID };
}

/** S3 counts whole days and acts at the next midnight UTC. */
export function midnightAfter(startMs: number, days: number): number {
  return Math.ceil((startMs + days * DAY_MS) / DAY_MS) * DAY_MS;
}

/** Whether the rule's filter takes the object in. */
export function ruleCovers(rule: Checked<LifecycleRule>, key: string, version: ObjectVersion): boolean {
  const filter = rule.Filter;
  const { ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = { ...filter, ...filter?.And };
  return (
    key.startsWith(prefixOf(rule)) &&
    tagsOf(filter).every((tag) => version.tags.some((each) => each.Key === tag.Key && each.Value === tag.Value)) &&
    (above === undefined || version.sizeBytes > above) &&
    (below === undefined || version.sizeBytes < below)
  );
}

/** The prefix of the keys that a rule is for; empty for all. */
export function prefixOf(rule: Checked<LifecycleRule>): string {
  return rule.Filter?.And?.Prefix ?? rule.Filter?.Prefix ?? rule.Prefix ?? "";
}

function tagsOf(filter: Checked<LifecycleRuleFilter> | undefined): readonly Checked<Tag>[] {
  return filter?.And?.Tags ?? (filter?.Tag ? [filter.Tag] : []);
}
