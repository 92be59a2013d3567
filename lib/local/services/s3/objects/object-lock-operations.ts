import { AwsError } from "../../../aws-error.ts";
import { requireObject, type PlacedObject } from "./find-version.ts";
import { isLocked, lockNotConfigured } from "./object-lock.ts";
import type { BucketRecord, ObjectVersion } from "../records.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { accessDenied, invalidArgument, malformedXml } from "../errors.ts";

/** Enables object lock, or sets the default retention of new objects. */
export function putObjectLockConfiguration(
  s3: S3,
  input: Input<"PutObjectLockConfiguration">,
): Output<"PutObjectLockConfiguration"> {
  const bucket = requireBucket(s3, input.Bucket);
  const configuration = input.ObjectLockConfiguration;
  if (configuration?.ObjectLockEnabled !== "Enabled") throw malformedXml();
  if (configuration.Rule) {
    const { Mode, Days, Years } = configuration.Rule.DefaultRetention ?? {};
    const periods = [Days, Years].filter((period) => period !== undefined);
    if ((Mode !== "GOVERNANCE" && Mode !== "COMPLIANCE") || periods.length !== 1) throw malformedXml();
  }
  if (bucket.versioning !== "Enabled") {
    throw new AwsError(
      "InvalidBucketState",
      "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
      {
        statusCode: 409,
      },
    );
  }
  s3.cloud.store.transaction(() => {
    s3.buckets.put(bucket.name, { ...bucket, objectLock: true });
    s3.settings.put(bucket.name, "objectLock", configuration);
  });
  return {};
}

/** Returns a bucket's object lock settings. `ObjectLockConfigurationNotFoundError` without any. */
export function getObjectLockConfiguration(
  s3: S3,
  input: Input<"GetObjectLockConfiguration">,
): Output<"GetObjectLockConfiguration"> {
  const bucket = requireBucket(s3, input.Bucket);
  const configuration = s3.settings.get(bucket.name, "objectLock");
  if (configuration !== undefined) return { ObjectLockConfiguration: configuration };
  throw new AwsError(
    "ObjectLockConfigurationNotFoundError",
    "Object Lock configuration does not exist for this bucket",
    { statusCode: 404, members: { BucketName: bucket.name } },
  );
}

/** Sets until when a version cannot be deleted. In compliance mode it can only be prolonged. */
export function putObjectRetention(s3: S3, input: Input<"PutObjectRetention">): Output<"PutObjectRetention"> {
  const { Mode: mode, RetainUntilDate: until } = input.Retention ?? {};
  const isMode = mode === undefined || mode === "GOVERNANCE" || mode === "COMPLIANCE";
  const isWellFormed = isMode && (mode === undefined) === (until === undefined);
  const { bucket, found } = requireLockable(s3, input, "PUT", isWellFormed);
  if (until && until.getTime() <= s3.cloud.clock.now()) {
    throw invalidArgument("The retain until date must be in the future!", "RetainUntilDate", javaDate(until));
  }
  refuseLoosening(s3, found.record, until?.getTime() ?? 0, input.BypassGovernanceRetention ?? false);
  const { retention: _before, ...record } = found.record;
  const changed = mode === undefined ? record : { ...record, retention: { mode, untilMs: until!.getTime() } };
  s3.objects.update(bucket.name, found.key, found.sequence, changed);
  return {};
}

/** Returns a version's retention. `NoSuchObjectLockConfiguration` where it has none. */
export function getObjectRetention(s3: S3, input: Input<"GetObjectRetention">): Output<"GetObjectRetention"> {
  const { retention } = requireLockable(s3, input, "GET").found.record;
  if (retention === undefined) throw neverLocked();
  return { Retention: { Mode: retention.mode, RetainUntilDate: new Date(retention.untilMs) } };
}

/** Puts a version under legal hold, or ends it. */
export function putObjectLegalHold(s3: S3, input: Input<"PutObjectLegalHold">): Output<"PutObjectLegalHold"> {
  const status = input.LegalHold?.Status;
  const { bucket, found } = requireLockable(s3, input, "PUT", status === "ON" || status === "OFF");
  s3.objects.update(bucket.name, found.key, found.sequence, { ...found.record, legalHold: status === "ON" });
  return {};
}

/** Returns a version's legal hold. `NoSuchObjectLockConfiguration` where it never had one. */
export function getObjectLegalHold(s3: S3, input: Input<"GetObjectLegalHold">): Output<"GetObjectLegalHold"> {
  const { legalHold } = requireLockable(s3, input, "GET").found.record;
  if (legalHold === undefined) throw neverLocked();
  return { LegalHold: { Status: legalHold ? "ON" : "OFF" } };
}

function requireLockable(
  s3: S3,
  input: { Bucket?: string | undefined; Key?: string | undefined; VersionId?: string | undefined },
  method: string,
  isWellFormed = true,
): { bucket: BucketRecord; found: PlacedObject } {
  const bucket = requireBucket(s3, input.Bucket);
  const found = requireObject(s3, bucket.name, input.Key!, input.VersionId, method, "refused");
  // AWS reads the body once it has found the object, and looks at the bucket's lock last.
  if (!isWellFormed) throw malformedXml();
  if (!bucket.objectLock) throw lockNotConfigured();
  return { bucket, found };
}

/** S3 writes this date as Java does, in the time of the Pacific coast: `Tue Dec 31 16:00:00 PST 2019`. */
function javaDate(date: Date): string {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: "America/Los_Angeles",
    weekday: "short",
    month: "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    year: "numeric",
  });
  const parts = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const { weekday, month, day, hour, minute, second, timeZoneName, year } = parts;
  return `${weekday} ${month} ${day} ${hour}:${minute}:${second} ${timeZoneName} ${year}`;
}

/** A retention may be made longer by anybody, and shorter only where governance is bypassed. */
function refuseLoosening(s3: S3, record: ObjectVersion, untilMs: number, bypass: boolean): void {
  const { legalHold: _hold, ...byRetention } = record;
  const loosens = untilMs < (record.retention?.untilMs ?? 0);
  if (!loosens || !isLocked(byRetention, s3.cloud.clock.now(), bypass)) return;
  throw accessDenied("Access Denied because object protected by object lock.");
}

function neverLocked(): AwsError {
  return new AwsError(
    "NoSuchObjectLockConfiguration",
    "The specified object does not have a ObjectLock configuration",
    { statusCode: 404 },
  );
}
