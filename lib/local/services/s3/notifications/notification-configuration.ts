import type { Checked } from "../../../kit/checked.ts";
import type { Event, NotificationConfiguration, NotificationConfigurationFilter } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { AwsError } from "../../../aws-error.ts";
import { DESTINATION_KINDS, findDestinationProblem, type Destination, type DestinationKind } from "./destinations.ts";
import type { RequestContext } from "../../../service.ts";
import type { BucketRecord } from "../records.ts";
import { readFilter } from "./notifications.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument } from "../errors.ts";

/** One entry of a configuration, for any kind of target. */
interface Entry {
  readonly Id?: string | undefined;
  readonly Events?: Event[] | undefined;
  readonly Filter?: NotificationConfigurationFilter | undefined;
}

const GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ["ObjectCreated", ["*", "Put", "Post", "Copy", "CompleteMultipartUpload"]],
  ["ObjectRemoved", ["*", "Delete", "DeleteMarkerCreated"]],
  ["ObjectRestore", ["*", "Post", "Completed", "Delete"]],
  ["ObjectTagging", ["*", "Put", "Delete"]],
  ["ObjectAcl", ["Put"]],
  ["LifecycleExpiration", ["*", "Delete", "DeleteMarkerCreated"]],
  [
    "Replication",
    [
      "*",
      "OperationFailedReplication",
      "OperationNotTracked",
      "OperationMissedThreshold",
      "OperationReplicatedAfterThreshold",
    ],
  ],
]);
const SINGLE_EVENTS = new Set(["s3:ReducedRedundancyLostObject", "s3:LifecycleTransition", "s3:IntelligentTiering"]);

/** Replaces what receives a bucket's events, once each destination allows it. */
export async function putBucketNotificationConfiguration(
  s3: S3,
  input: Input<"PutBucketNotificationConfiguration">,
  context: RequestContext,
): Promise<object> {
  const bucket = requireBucket(s3, input.Bucket);
  const given = input.NotificationConfiguration ?? {};
  const targets = targetsOf(given);
  for (const { kind, arn } of targets) validateArn(kind, arn);
  const entries = targets.map(({ entry }) => entry);
  for (const entry of entries) validateEntry(entry);
  refuseOverlaps(entries);
  refuseOtherRegions(bucket, targets);
  if (!input.SkipDestinationValidation) await validateDestinations(s3, bucket.name, targets);
  s3.cloud.store.transaction(() => {
    s3.settings.put(bucket.name, "notification", normalise(given));
    if (!input.SkipDestinationValidation) sendTestEvents(s3, bucket.name, targets, context);
  });
  return {};
}

/** Returns what receives a bucket's events; empty where nothing does. */
export function getBucketNotificationConfiguration(
  s3: S3,
  input: Input<"GetBucketNotificationConfiguration">,
): Output<"GetBucketNotificationConfiguration"> {
  return s3.settings.get(requireBucket(s3, input.Bucket).name, "notification") ?? {};
}

interface Target extends Destination {
  readonly entry: Entry;
}

function targetsOf(given: Checked<NotificationConfiguration>): Target[] {
  return [
    ...(given.LambdaFunctionConfigurations ?? []).map((entry) => ({
      kind: "CloudFunction" as const,
      arn: entry.LambdaFunctionArn ?? "",
      entry,
    })),
    ...(given.QueueConfigurations ?? []).map((entry) => ({ kind: "Queue" as const, arn: entry.QueueArn ?? "", entry })),
    ...(given.TopicConfigurations ?? []).map((entry) => ({ kind: "Topic" as const, arn: entry.TopicArn ?? "", entry })),
  ];
}

function validateArn(kind: DestinationKind, arn: string): void {
  const parts = arn.split(":");
  if (parts.length >= 6 && parts[0] === "arn" && parts[2] === DESTINATION_KINDS[kind]) return;
  throw invalidArgument("The ARN could not be parsed", kind, arn);
}

function validateEntry(entry: Entry): void {
  for (const event of entry.Events ?? []) {
    const [, group = "", detail = ""] = /^s3:(\w+):(.+)$/.exec(event) ?? [];
    if (SINGLE_EVENTS.has(event) || GROUPS.get(group)?.includes(detail)) continue;
    throw invalidArgument("A specified event is not supported for notifications.", "Event", event);
  }
  for (const rule of entry.Filter?.Key?.FilterRules ?? []) {
    if (/^(prefix|suffix)$/i.test(rule.Name ?? "")) continue;
    throw invalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", rule.Name ?? null);
  }
}

function refuseOverlaps(entries: readonly Entry[]): void {
  for (const [index, first] of entries.entries()) {
    for (const second of entries.slice(index + 1)) {
      if (!shareEvents(first, second)) continue;
      const [a, b] = [readFilter(first.Filter), readFilter(second.Filter)];
      const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
      const suffixes = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix);
      if (!prefixes || !suffixes) continue;
      throw new AwsError(
        "InvalidArgument",
        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.",
      );
    }
  }
}

function shareEvents(first: Entry, second: Entry): boolean {
  const covers = (event: string, other: string) =>
    event === other || (event.endsWith(":*") && other.startsWith(event.slice(0, -1)));
  return (first.Events ?? []).some((a) => (second.Events ?? []).some((b) => covers(a, b) || covers(b, a)));
}

function refuseOtherRegions({ region }: BucketRecord, targets: readonly Target[]): void {
  if (targets.every(({ arn }) => arn.split(":")[3] === region)) return;
  const message = "The notification destination service region is not valid for the bucket location constraint";
  throw new AwsError("InvalidArgument", message);
}

async function validateDestinations(s3: S3, bucket: string, targets: readonly Target[]): Promise<void> {
  const refused: { readonly name: string; readonly value: string }[] = [];
  for (const target of targets) {
    const value = await findDestinationProblem(s3.cloud, bucket, target);
    const name = target.kind === "CloudFunction" ? `${target.arn}, null` : target.arn;
    if (value !== undefined) refused.push({ name, value });
  }
  if (refused.length === 0) return;
  throw new AwsError("InvalidArgument", "Unable to validate the following destination configurations", {
    members: Object.fromEntries(
      refused.flatMap(({ name, value }, index) => [
        [`ArgumentName${index + 1}`, name],
        [`ArgumentValue${index + 1}`, value],
      ]),
    ),
  });
}

/** S3 tests queues and topics with a test event, but not functions. */
function sendTestEvents(s3: S3, bucket: string, targets: readonly Target[], { requestId }: RequestContext): void {
  const Time = new Date(s3.cloud.clock.now()).toISOString();
  const tried = new Set<string>();
  for (const { kind, arn } of targets) {
    if (kind === "CloudFunction" || tried.has(arn)) continue;
    tried.add(arn);
    const names = { Service: "Amazon S3", Event: "s3:TestEvent", Time, Bucket: bucket };
    s3.deliveries.add({
      bucket,
      destination: { kind, arn },
      event: { ...names, RequestId: requestId, HostId: requestId },
    });
  }
}

/** As S3 answers it: every entry has an id, and filter names begin with a capital. */
function normalise(given: Checked<NotificationConfiguration>): Checked<NotificationConfiguration> {
  const entry = <E extends Entry>(each: E): E => ({
    ...each,
    Id: each.Id || randomUUID(),
    ...(each.Filter ? { Filter: normaliseFilter(each.Filter) } : {}),
  });
  return {
    ...(given.LambdaFunctionConfigurations?.length
      ? { LambdaFunctionConfigurations: given.LambdaFunctionConfigurations.map(entry) }
      : {}),
    ...(given.QueueConfigurations?.length ? { QueueConfigurations: given.QueueConfigurations.map(entry) } : {}),
    ...(given.TopicConfigurations?.length ? { TopicConfigurations: given.TopicConfigurations.map(entry) } : {}),
    ...(given.EventBridgeConfiguration ? { EventBridgeConfiguration: {} } : {}),
  };
}

function normaliseFilter(filter: NotificationConfigurationFilter): NotificationConfigurationFilter {
  const rules = filter.Key?.FilterRules?.map(({ Name = "", Value }) => ({
    Name: (Name.toLowerCase() === "prefix" ? "Prefix" : "Suffix") as "prefix",
    Value,
  }));
  return { Key: { FilterRules: rules } };
}
