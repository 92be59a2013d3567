import { validateTags } from "../tag-rules.ts";
import { requireValid } from "../../../kit/require-valid.ts";
import type { EventBus } from "@aws-sdk/client-eventbridge";
import type { RequestContext } from "../../../service.ts";
import { arnOf, keyOf, pageOf, type Events, type Input, type Output } from "../context.ts";
import type { BusRecord } from "../records.ts";
import { alreadyExists, invalid, notFound } from "../errors.ts";

/** The bus that every account has in every region. */
export const DEFAULT_BUS = "default";
const BUS_PATTERN = String.raw`[/\.\-_A-Za-z0-9]+`;

/** Creates a bus. `ResourceAlreadyExistsException` where the region has one of this name. */
export function createEventBus(
  events: Events,
  input: Input<"CreateEventBus">,
  context: RequestContext,
): Output<"CreateEventBus"> {
  const name = input.Name ?? "";
  requireValid({ member: "name", value: input.Name, pattern: BUS_PATTERN, max: 256, min: 1, isRequired: true });
  if (findBus(events, context.region, name) !== undefined) throw alreadyExists(`Event bus ${name} already exists.`);
  if (name.includes("/")) throw invalid("Event bus name must not contain '/'.");
  validateTags(input.Tags);
  const nowMs = events.cloud.clock.now();
  const record: BusRecord = {
    name,
    region: context.region,
    description: input.Description,
    kmsKeyIdentifier: input.KmsKeyIdentifier,
    deadLetterArn: input.DeadLetterConfig?.Arn,
    policy: [],
    tags: input.Tags ?? [],
    createdMs: nowMs,
    modifiedMs: nowMs,
  };
  events.buses.put(keyOf(context, name), record);
  return {
    EventBusArn: busArn(events, record),
    Description: input.Description,
    KmsKeyIdentifier: input.KmsKeyIdentifier,
    DeadLetterConfig: input.DeadLetterConfig,
  };
}

/** Changes a bus's description, key, dead-letter queue or log settings. */
export function updateEventBus(
  events: Events,
  input: Input<"UpdateEventBus">,
  context: RequestContext,
): Output<"UpdateEventBus"> {
  const before = requireBus(events, context, input.Name);
  const record: BusRecord = {
    ...before,
    description: input.Description ?? before.description,
    kmsKeyIdentifier: input.KmsKeyIdentifier ?? before.kmsKeyIdentifier,
    deadLetterArn: input.DeadLetterConfig === undefined ? before.deadLetterArn : input.DeadLetterConfig.Arn,
    modifiedMs: events.cloud.clock.now(),
  };
  events.buses.put(keyOf(context, record.name), record);
  return { Arn: busArn(events, record), Name: record.name, ...settingsOf(record) };
}

/** Returns a bus with its policy; without a name, the default bus. */
export function describeEventBus(
  events: Events,
  input: Input<"DescribeEventBus">,
  context: RequestContext,
): Output<"DescribeEventBus"> {
  const record = requireBus(events, context, input.Name);
  return { ...summaryOf(events, record), ...settingsOf(record) };
}

/** Lists the region's buses by name prefix, a page at a time. */
export function listEventBuses(
  events: Events,
  input: Input<"ListEventBuses">,
  context: RequestContext,
): Output<"ListEventBuses"> {
  requireBus(events, context, DEFAULT_BUS);
  const all = events.buses.list(keyOf(context, input.NamePrefix ?? "")).map(([, record]) => record);
  const { items, next } = pageOf(all, input);
  return { EventBuses: items.map((record) => summaryOf(events, record)), ...next };
}

/** Deletes a bus that has no rules. The default bus cannot be deleted; a missing one is not an error. */
export function deleteEventBus(events: Events, input: Input<"DeleteEventBus">, context: RequestContext): object {
  const name = nameOfBus(input.Name);
  if (name === DEFAULT_BUS) throw invalid("Cannot delete event bus default.");
  if (events.rules.list(context.region, name).length > 0)
    throw invalid("Event bus can't be deleted since it has rules.");
  events.buses.delete(keyOf(context, name));
  return {};
}

/** A bus by its name or ARN. */
export function requireBus(events: Events, context: RequestContext, nameOrArn: string | undefined): BusRecord {
  const name = nameOfBus(nameOrArn);
  const record = findBus(events, context.region, name);
  if (record === undefined) throw notFound(`Event bus ${name} does not exist.`);
  return record;
}

/** The default bus is there from the start. */
export function findBus(events: Events, region: string, name: string): BusRecord | undefined {
  const found = events.buses.get(keyOf({ region }, name));
  if (found !== undefined || name !== DEFAULT_BUS) return found;
  const nowMs = events.cloud.clock.now();
  const record: BusRecord = { name, region, policy: [], tags: [], createdMs: nowMs, modifiedMs: nowMs };
  events.buses.put(keyOf({ region }, name), record);
  return record;
}

/** The name in an ARN such as `arn:aws:events:us-east-1:000000000000:event-bus/name`. */
export function nameOfBus(nameOrArn: string | undefined): string {
  if (nameOrArn === undefined || nameOrArn === "") return DEFAULT_BUS;
  return /^arn:[\w-]+:events:[\w-]*:\d*:event-bus\/(.+)$/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

/** `arn:aws:events:<region>:<account>:event-bus/<name>`. */
export function busArn(events: Events, record: { readonly region: string; readonly name: string }): string {
  return arnOf(events, record, `event-bus/${record.name}`);
}

/** The bus's policy as a document; undefined where it has no statements. */
export function policyText({ policy }: BusRecord): string | undefined {
  return policy.length === 0 ? undefined : JSON.stringify({ Version: "2012-10-17", Statement: policy });
}

function summaryOf(events: Events, record: BusRecord): EventBus {
  return {
    Name: record.name,
    Arn: busArn(events, record),
    Description: record.description,
    Policy: policyText(record),
    CreationTime: new Date(record.createdMs),
    LastModifiedTime: new Date(record.modifiedMs),
  };
}

function settingsOf(record: BusRecord) {
  return {
    Description: record.description,
    KmsKeyIdentifier: record.kmsKeyIdentifier,
    DeadLetterConfig: record.deadLetterArn === undefined ? undefined : { Arn: record.deadLetterArn },
  };
}
