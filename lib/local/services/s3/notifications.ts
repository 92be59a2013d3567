import type { NotificationConfiguration, NotificationConfigurationFilter } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../service.ts";
import type { VersionRecord } from "./records.ts";
import { canonicalUser, type S3 } from "./s3-context.ts";

/** What happened, as event names tell it behind `s3:`. */
export type S3EventName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "ObjectRemoved:DeleteMarkerCreated"
  | "ObjectTagging:Put"
  | "ObjectTagging:Delete"
  | "ObjectAcl:Put"
  | "LifecycleExpiration:Delete"
  | "LifecycleExpiration:DeleteMarkerCreated";

/** A target of a bucket's notifications, whatever its kind. */
export interface NotificationTarget {
  readonly id: string;
  readonly arn: string;
  readonly events: readonly string[];
  readonly filter: NotificationConfigurationFilter | undefined;
}

/**
 * Puts the notifications of an event into the outbox. Call it in the transaction that makes the event true: then a
 * crash loses neither, or both.
 */
export function notify(
  s3: S3,
  context: RequestContext,
  name: S3EventName,
  bucket: string,
  key: string,
  version: VersionRecord | undefined,
): void {
  const configuration = s3.settings.get(bucket, "notification");
  if (configuration === undefined) return;
  const targets = functionTargets(configuration).filter((target) => wants(target, name, key));
  for (const { id, arn } of targets) {
    s3.outbox.add({
      arn,
      event: { Records: [describe(s3, context, { name, bucket, key, version, configurationId: id })] },
    });
  }
}

/** The functions that a bucket notifies. */
export function functionTargets(configuration: NotificationConfiguration): NotificationTarget[] {
  return (configuration.LambdaFunctionConfigurations ?? []).map((each) => ({
    id: each.Id!,
    arn: each.LambdaFunctionArn!,
    events: each.Events ?? [],
    filter: each.Filter,
  }));
}

/** The prefix and suffix that a filter asks for. */
export function readFilter(filter: NotificationConfigurationFilter | undefined): { prefix: string; suffix: string } {
  const rules = filter?.Key?.FilterRules ?? [];
  const value = (name: string) => rules.find((rule) => rule.Name?.toLowerCase() === name)?.Value ?? "";
  return { prefix: value("prefix"), suffix: value("suffix") };
}

function wants(target: NotificationTarget, name: S3EventName, key: string): boolean {
  const { prefix, suffix } = readFilter(target.filter);
  const [group] = name.split(":");
  const listed = target.events.some((event) => event === `s3:${name}` || event === `s3:${group}:*`);
  return listed && key.startsWith(prefix) && key.endsWith(suffix);
}

interface Occurrence {
  readonly name: S3EventName;
  readonly bucket: string;
  readonly key: string;
  readonly version: VersionRecord | undefined;
  readonly configurationId: string;
}

/** One record of an event (S3 user guide, "Event message structure"). */
function describe(s3: S3, context: RequestContext, { name, bucket, key, version, configurationId }: Occurrence) {
  const changesNoBytes = name.startsWith("ObjectTagging") || name.startsWith("ObjectAcl");
  const nowMs = s3.cloud.clock.now();
  const owner = canonicalUser(s3.cloud.account).slice(0, 14).toUpperCase();
  return {
    eventVersion: changesNoBytes ? "2.3" : "2.1",
    eventSource: "aws:s3",
    awsRegion: s3.buckets.get(bucket)?.region ?? context.region,
    eventTime: new Date(nowMs).toISOString(),
    eventName: name,
    userIdentity: { principalId: context.accessKeyId === undefined ? owner : `AWS:${context.accessKeyId}` },
    requestParameters: { sourceIPAddress: context.http?.socket.remoteAddress ?? "127.0.0.1" },
    responseElements: { "x-amz-request-id": context.requestId, "x-amz-id-2": context.requestId },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId,
      bucket: { name: bucket, ownerIdentity: { principalId: owner }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+"),
        ...describeVersion(version, changesNoBytes),
        ...(changesNoBytes ? {} : { sequencer: nowMs.toString(16).toUpperCase().padStart(18, "0") }),
      },
    },
  };
}

function describeVersion(version: VersionRecord | undefined, changesNoBytes: boolean) {
  if (version === undefined) return {};
  const id = version.versionId === "null" ? {} : { versionId: version.versionId };
  if (version.deleteMarker) return { eTag: "d41d8cd98f00b204e9800998ecf8427e", ...id };
  return { ...(changesNoBytes ? {} : { size: version.sizeBytes }), eTag: version.etag, ...id };
}
