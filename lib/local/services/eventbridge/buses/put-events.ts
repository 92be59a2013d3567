import { RequestChecks } from "../../../kit/request-checks.ts";
import { randomUUID } from "node:crypto";
import type { PutEventsRequestEntry, PutEventsResultEntry } from "@aws-sdk/client-eventbridge";
import type { RequestContext } from "../../../service.ts";
import { findBus, nameOfBus } from "./buses.ts";
import { tryParseDetail, type BusEvent } from "./event.ts";
import { isoSeconds, type Events, type Input, type Output } from "../context.ts";
import { ingest } from "./ingest.ts";
import { invalid } from "../errors.ts";

const MOST_ENTRIES = 10;
const MOST_BYTES = 256 * 1024;
const TIME_BYTES = 14;

/** Takes up to ten events; each is accepted or refused for itself. */
export function putEvents(events: Events, input: Input<"PutEvents">, context: RequestContext): Output<"PutEvents"> {
  const entries = input.Entries ?? [];
  if (input.EndpointId !== undefined)
    throw invalid("Parameter EndpointId is not valid. Reason: No global endpoints are carried.");
  requireLimits(entries);
  const Entries = events.cloud.store.transaction(() => entries.map((entry) => putEvent(events, entry, context)));
  return { FailedEntryCount: Entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries };
}

function requireLimits(entries: readonly PutEventsRequestEntry[]): void {
  new RequestChecks().length("entries", entries.map(textOf), 1, MOST_ENTRIES).done();
  if (entries.reduce((bytes, entry) => bytes + bytesOf(entry), 0) > MOST_BYTES)
    throw invalid("Total size of the entries in the request is over the limit.");
}

function putEvent(events: Events, entry: PutEventsRequestEntry, context: RequestContext): PutEventsResultEntry {
  const problem = findProblem(entry, context);
  if (problem !== undefined) return problem;
  const detail = tryParseDetail(entry.Detail!);
  if (detail === undefined) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  const event: BusEvent = {
    version: "0",
    id: randomUUID(),
    "detail-type": entry.DetailType!,
    source: entry.Source!,
    account: events.cloud.account,
    time: isoSeconds(entry.Time?.getTime() ?? events.cloud.clock.now()),
    region: context.region,
    resources: entry.Resources ?? [],
    detail,
  };
  // AWS accepts events for a missing bus, and drops them.
  const bus = findBus(events, context.region, nameOfBus(entry.EventBusName));
  if (bus !== undefined) ingest(events, { region: context.region, bus: bus.name }, event);
  return { EventId: event.id };
}

function findProblem(entry: PutEventsRequestEntry, context: RequestContext): PutEventsResultEntry | undefined {
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (entry[name]) continue;
    const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
    return { ErrorCode: "InvalidArgument", ErrorMessage };
  }
  // Sources of AWS's own are for the services of this cloud, which call without HTTP.
  if (entry.Source!.startsWith("aws.") && context.http !== undefined)
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  return undefined;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function bytesOf(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), 0);
  return bytes + (entry.Time === undefined ? 0 : TIME_BYTES);
}

/** An entry as AWS's refusal quotes it. */
function textOf(entry: PutEventsRequestEntry): string {
  const { Time, Source, Resources, DetailType, Detail, EventBusName, TraceHeader } = entry;
  const resources = Resources === undefined ? "null" : `[${Resources.join(", ")}]`;
  const parts = {
    time: Time?.toUTCString(),
    source: Source,
    resources,
    detailType: DetailType,
    detail: Detail,
    eventBusName: EventBusName,
    traceHeader: TraceHeader,
    kmsKeyIdentifier: undefined,
    internalMetadata: undefined,
  };
  const members = Object.entries(parts).map(([name, value]) => `${name}=${value ?? "null"}`);
  return `PutEventsRequestEntry(${members.join(", ")})`;
}
