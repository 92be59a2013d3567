import { requireValid } from "../../../kit/require-valid.ts";
import type { Replay } from "@aws-sdk/client-eventbridge";
import type { RequestContext } from "../../../service.ts";
import { archiveArn } from "./archives.ts";
import { busArn, nameOfBus, requireBus } from "../buses/buses.ts";
import { arnOf, keyOf, pageOf, type Events, type Input, type Output } from "../context.ts";
import type { ReplayRecord } from "../records.ts";
import { alreadyExists, illegalStatus, invalid, NAME_PATTERN, notFound } from "../errors.ts";

/** Sends the events of a stretch of an archive's time to its bus once more. */
export function startReplay(
  events: Events,
  input: Input<"StartReplay">,
  context: RequestContext,
): Output<"StartReplay"> {
  const name = input.ReplayName ?? "";
  requireValid(
    { member: "replayName", value: input.ReplayName, pattern: NAME_PATTERN, max: 64, min: 1, isRequired: true },
    { member: "description", value: input.Description, max: 512 },
  );
  const bus = requireBus(events, context, input.Destination?.Arn);
  const archiveName = /:archive\/(.+)$/.exec(input.EventSourceArn ?? "")?.[1] ?? "";
  const archive = events.archives.get(keyOf(context, archiveName));
  if (archive === undefined)
    throw invalid(`Parameter EventSourceArn is not valid. Reason: Archive ${archiveName} does not exist.`);
  if (archive.bus !== bus.name)
    throw invalid("Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.");
  if (events.replays.get(keyOf(context, name)) !== undefined) throw alreadyExists(`Replay ${name} already exists.`);
  const [fromMs, toMs] = [input.EventStartTime?.getTime() ?? Number.NaN, input.EventEndTime?.getTime() ?? Number.NaN];
  if (!(fromMs < toMs))
    throw invalid("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.");
  events.archived.expire(keyOf(archive, archive.name), archive.retentionDays, events.cloud.clock.now());
  const record: ReplayRecord = {
    name,
    region: context.region,
    description: input.Description,
    archive: archive.name,
    bus: bus.name,
    ruleArns: input.Destination?.FilterArns ?? [],
    fromMs,
    toMs,
    state: "STARTING",
    startedMs: events.cloud.clock.now(),
    position: [fromMs, -1],
  };
  events.replays.put(keyOf(record, name), record);
  events.replayer.follow(record);
  return { ReplayArn: replayArn(events, record), State: "STARTING", ReplayStartTime: new Date(record.startedMs) };
}

/** Stops a replay that runs. `IllegalStatusException` for one that has ended. */
export function cancelReplay(
  events: Events,
  input: Input<"CancelReplay">,
  context: RequestContext,
): Output<"CancelReplay"> {
  const record = requireReplay(events, context, input.ReplayName);
  if (record.state !== "STARTING" && record.state !== "RUNNING")
    throw illegalStatus(`Replay ${record.name} is not in a valid state for this operation.`);
  events.replays.put(keyOf(record, record.name), { ...record, state: "CANCELLING" });
  return { ReplayArn: replayArn(events, record), State: "CANCELLING" };
}

/** Returns a replay with its state and the time of the last event it sent. */
export function describeReplay(
  events: Events,
  input: Input<"DescribeReplay">,
  context: RequestContext,
): Output<"DescribeReplay"> {
  const record = requireReplay(events, context, input.ReplayName);
  const Arn = busArn(events, { region: record.region, name: record.bus });
  return {
    ...summaryOf(events, record),
    ReplayArn: replayArn(events, record),
    Description: record.description,
    Destination: { Arn, ...(record.ruleArns.length > 0 && { FilterArns: [...record.ruleArns] }) },
  };
}

/** Lists replays by name prefix, archive or state, a page at a time. */
export function listReplays(
  events: Events,
  input: Input<"ListReplays">,
  context: RequestContext,
): Output<"ListReplays"> {
  const archive = input.EventSourceArn === undefined ? undefined : nameOfBus(input.EventSourceArn).split("/").at(-1);
  const all = events.replays
    .list(keyOf(context, input.NamePrefix ?? ""))
    .map(([, record]) => record)
    .filter((record) => archive === undefined || record.archive === archive)
    .filter((record) => input.State === undefined || record.state === input.State);
  const { items, next } = pageOf(all, input);
  return { Replays: items.map((record) => summaryOf(events, record)), ...next };
}

function requireReplay(events: Events, context: RequestContext, name = ""): ReplayRecord {
  const record = events.replays.get(keyOf(context, name));
  if (record === undefined) throw notFound(`Replay ${name} does not exist.`);
  return record;
}

function replayArn(events: Events, record: ReplayRecord): string {
  return arnOf(events, record, `replay/${record.name}`);
}

function summaryOf(events: Events, record: ReplayRecord): Replay {
  return {
    ReplayName: record.name,
    EventSourceArn: archiveArn(events, { region: record.region, name: record.archive }),
    State: record.state,
    EventStartTime: new Date(record.fromMs),
    EventEndTime: new Date(record.toMs),
    EventLastReplayedTime: record.lastEventMs === undefined ? undefined : new Date(record.lastEventMs),
    ReplayStartTime: new Date(record.startedMs),
    ReplayEndTime: record.endedMs === undefined ? undefined : new Date(record.endedMs),
  };
}
