import type { Checked } from "../../../kit/checked.ts";
import type {
  NotificationConfiguration,
  NotificationConfigurationFilter,
  QueueConfiguration,
} from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../service.ts";
import type { Destination, DestinationKind } from "./destinations.ts";
import { buildBusEvent, type S3EventName } from "./event-bus-event.ts";
import type { VersionRecord } from "../records.ts";
import { canonicalUser, type S3 } from "../context.ts";

/** A target of a bucket's notifications, of any kind. */
interface NotificationTarget extends Destination {
  readonly id: string;
  readonly events: readonly string[];
  readonly filter: NotificationConfigurationFilter | undefined;
}

/**
 * Puts the notifications of an event on their way. Call it in the transaction that makes the event true: then a crash
 * loses neither, or both.
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
  const occurrence = { name, bucket, key, version, region: s3.buckets.get(bucket)?.region ?? context.region };
  for (const { id, kind, arn, ...target } of targetsOf(configuration)) {
    if (!wants(target, name, key)) continue;
    const event = { Records: [describe(s3, context, { ...occurrence, configurationId: id })] };
    s3.deliveries.add({ bucket, destination: { kind, arn }, event });
  }
  if (configuration.EventBridgeConfiguration === undefined) return;
  const entry = buildBusEvent({ ...occurrence, ...origin(s3, context) });
  s3.deliveries.add({ bucket, destination: "events", region: occurrence.region, entry });
}

/** The functions, queues and topics that a bucket notifies. */
function targetsOf(configuration: Checked<NotificationConfiguration>): NotificationTarget[] {
  const functions = configuration.LambdaFunctionConfigurations ?? [];
  const queues = configuration.QueueConfigurations ?? [];
  const topics = configuration.TopicConfigurations ?? [];
  return [
    ...functions.map((each) => target("CloudFunction", each.LambdaFunctionArn, each)),
    ...queues.map((each) => target("Queue", each.QueueArn, each)),
    ...topics.map((each) => target("Topic", each.TopicArn, each)),
  ];
}

function target(
  kind: DestinationKind,
  arn = "",
  { Id = "", Events, Filter }: Pick<Checked<QueueConfiguration>, "Id" | "Events" | "Filter">,
): NotificationTarget {
  return { kind, arn, id: Id, events: Events, filter: Filter };
}

/** The caller of a change, its address and its time. */
function origin({ cloud }: S3, { requestId, http }: RequestContext) {
  const atMs = cloud.clock.now();
  const sourceIp = http?.socket.remoteAddress ?? "127.0.0.1";
  return { requestId, requester: cloud.account, sourceIp, atMs, sequencer: sequencerAt(atMs) };
}

function sequencerAt(epochMs: number): string {
  return epochMs.toString(16).toUpperCase().padStart(18, "0");
}

/** The prefix and suffix of a filter. */
export function readFilter(filter: NotificationConfigurationFilter | undefined): { prefix: string; suffix: string } {
  const rules = filter?.Key?.FilterRules ?? [];
  const value = (name: string) => rules.find((rule) => rule.Name?.toLowerCase() === name)?.Value ?? "";
  return { prefix: value("prefix"), suffix: value("suffix") };
}

function wants(target: Pick<NotificationTarget, "events" | "filter">, name: S3EventName, key: string): boolean {
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
  readonly region: string;
  readonly configurationId: string;
}

/** One record of an event (S3 user guide, "Event message structure"). */
function describe(s3: S3, context: RequestContext, occurrence: Occurrence) {
  const { name, bucket, key, version, region, configurationId } = occurrence;
  const changesNoBytes = name.startsWith("ObjectTagging") || name.startsWith("ObjectAcl");
  const nowMs = s3.cloud.clock.now();
  const owner = canonicalUser(s3.cloud.account).slice(0, 14).toUpperCase();
  return {
    eventVersion: changesNoBytes ? "2.3" : "2.1",
    eventSource: "aws:s3",
    awsRegion: region,
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
        key: encodeKey(key),
        ...describeVersion(version, changesNoBytes),
        ...(changesNoBytes ? {} : { sequencer: sequencerAt(nowMs) }),
      },
    },
  };
}

/** As forms are encoded, but for slashes. */
function encodeKey(key: string): string {
  const encoded = encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");
  return encoded.replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function describeVersion(version: VersionRecord | undefined, changesNoBytes: boolean) {
  if (version === undefined) return {};
  const id = version.versionId === "null" ? {} : { versionId: version.versionId };
  if (version.deleteMarker) return { eTag: "d41d8cd98f00b204e9800998ecf8427e", ...id };
  return { ...(changesNoBytes ? {} : { size: version.sizeBytes }), eTag: version.etag, ...id };
}
