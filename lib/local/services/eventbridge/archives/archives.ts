import { RequestChecks } from "../../../kit/request-checks.ts";
import { requireValid } from "../../../kit/require-valid.ts";
import type { Archive } from "@aws-sdk/client-eventbridge";
import type { RequestContext } from "../../../service.ts";
import { busArn, requireBus } from "../buses/buses.ts";
import { arnOf, keyOf, pageOf, type Events, type Input, type Output } from "../context.ts";
import type { ArchiveRecord } from "../records.ts";
import { alreadyExists, invalid, NAME_PATTERN, notFound, requirePattern } from "../errors.ts";

const STATES = ["ENABLED", "DISABLED", "CREATING", "UPDATING", "CREATE_FAILED", "UPDATE_FAILED"];

/** Creates an archive, which keeps a bus's events for `RetentionDays`; 0 keeps them for ever. */
export function createArchive(
  events: Events,
  input: Input<"CreateArchive">,
  context: RequestContext,
): Output<"CreateArchive"> {
  requireValid(
    { member: "archiveName", value: input.ArchiveName, pattern: NAME_PATTERN, max: 48, min: 1, isRequired: true },
    { member: "eventPattern", value: input.EventPattern, max: 4096 },
    { member: "description", value: input.Description, max: 512 },
  );
  const name = input.ArchiveName;
  if (events.archives.get(keyOf(context, name)) !== undefined) throw alreadyExists(`Archive ${name} already exists.`);
  const bus = requireBus(events, context, input.EventSourceArn);
  if (input.EventPattern) requirePattern(input.EventPattern);
  const record: ArchiveRecord = {
    name,
    region: context.region,
    bus: bus.name,
    description: input.Description,
    pattern: input.EventPattern || undefined,
    kmsKeyIdentifier: input.KmsKeyIdentifier,
    retentionDays: requireRetention(input.RetentionDays ?? 0),
    createdMs: events.cloud.clock.now(),
  };
  save(events, record);
  return answerOf(events, record);
}

/** Changes an archive's description, pattern or retention. */
export function updateArchive(
  events: Events,
  input: Input<"UpdateArchive">,
  context: RequestContext,
): Output<"UpdateArchive"> {
  const { EventPattern, RetentionDays, Description } = input;
  if (EventPattern === undefined && RetentionDays === undefined && Description === undefined)
    throw invalid("At least one of EventPattern, RetentionDays or Description must be provided.");
  const before = requireArchive(events, context, input.ArchiveName);
  if (EventPattern) requirePattern(EventPattern);
  const record: ArchiveRecord = {
    ...before,
    pattern: EventPattern || before.pattern,
    retentionDays: requireRetention(RetentionDays ?? before.retentionDays),
    description: Description ?? before.description,
  };
  save(events, record);
  return answerOf(events, record);
}

/** Returns an archive with the number and the bytes of its events. */
export function describeArchive(
  events: Events,
  input: Input<"DescribeArchive">,
  context: RequestContext,
): Output<"DescribeArchive"> {
  const record = requireArchive(events, context, input.ArchiveName);
  return {
    ...summaryOf(events, record),
    ArchiveArn: archiveArn(events, record),
    Description: record.description,
    EventPattern: record.pattern,
    KmsKeyIdentifier: record.kmsKeyIdentifier,
  };
}

/** Lists archives by name prefix, bus or state, a page at a time. */
export function listArchives(
  events: Events,
  input: Input<"ListArchives">,
  context: RequestContext,
): Output<"ListArchives"> {
  requireValid({ member: "state", value: input.State, oneOf: STATES });
  const given = [input.NamePrefix, input.EventSourceArn, input.State].filter((each) => each !== undefined);
  if (given.length > 1)
    throw invalid("At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.");
  const bus = input.EventSourceArn === undefined ? undefined : requireBus(events, context, input.EventSourceArn).name;
  const all = events.archives
    .list(keyOf(context, input.NamePrefix ?? ""))
    .map(([, record]) => record)
    .filter((record) => bus === undefined || record.bus === bus)
    .filter(() => input.State === undefined || input.State === "ENABLED");
  const { items, next } = pageOf(all, input);
  return { Archives: items.map((record) => summaryOf(events, record)), ...next };
}

/** Deletes an archive and its events. */
export function deleteArchive(events: Events, input: Input<"DeleteArchive">, context: RequestContext): object {
  const record = requireArchive(events, context, input.ArchiveName);
  events.archives.delete(keyOf(record, record.name));
  events.archived.deleteAll(keyOf(record, record.name));
  events.archived.forgetWatchers(record.region, record.bus);
  return {};
}

/** `arn:aws:events:<region>:<account>:archive/<name>`. */
export function archiveArn(events: Events, record: { readonly region: string; readonly name: string }): string {
  return arnOf(events, record, `archive/${record.name}`);
}

function requireArchive(events: Events, context: RequestContext, name = ""): ArchiveRecord {
  const record = events.archives.get(keyOf(context, name));
  if (record === undefined) throw notFound(`Archive ${name} does not exist.`);
  return record;
}

function requireRetention(days: number): number {
  new RequestChecks().range("retentionDays", days, 0).done();
  return days;
}

function save(events: Events, record: ArchiveRecord): void {
  events.archives.put(keyOf(record, record.name), record);
  events.archived.forgetWatchers(record.region, record.bus);
}

function answerOf(events: Events, record: ArchiveRecord) {
  const CreationTime = new Date(record.createdMs);
  return { ArchiveArn: archiveArn(events, record), State: "ENABLED" as const, CreationTime };
}

function summaryOf(events: Events, record: ArchiveRecord): Archive {
  const nowMs = events.cloud.clock.now();
  const { count, bytes } = events.archived.measure(keyOf(record, record.name), record.retentionDays, nowMs);
  return {
    ArchiveName: record.name,
    EventSourceArn: busArn(events, { region: record.region, name: record.bus }),
    State: "ENABLED",
    RetentionDays: record.retentionDays,
    SizeBytes: bytes,
    EventCount: count,
    CreationTime: new Date(record.createdMs),
  };
}
