import { constraintProblem } from "../../../kit/constraint-text.ts";
import { randomUUID } from "node:crypto";
import type { FilterCriteria } from "@aws-sdk/client-lambda";
import { tryFindPatternProblem } from "../../../../util/event-pattern/event-pattern.ts";
import type { RequestContext } from "../../../service.ts";
import { requireSourceAccess } from "./source-access.ts";
import { eventSourceOf, isQueueArn } from "./event-sources.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import { pageOf } from "../list-page.ts";
import { functionArn, readFunctionRef } from "../functions/names.ts";
import type { MappingRecord, MappingSettings } from "../records.ts";
import { conflict, invalid, invalidParameter, notFound } from "../errors.ts";

const STARTING_POSITIONS = ["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"];

/** Connects a stream or a queue with a function; polling begins when the answer is out. */
export async function createEventSourceMapping(
  lambda: Lambda,
  input: Input<"CreateEventSourceMapping">,
  context: RequestContext,
): Promise<Output<"CreateEventSourceMapping">> {
  const source = input.EventSourceArn ?? "";
  validate(input);
  const kind = eventSourceOf(source);
  kind.check(pick(input), input);
  const functionName = resolveFunction(lambda, input.FunctionName, context);
  await kind.checkSource(lambda, input, context);
  await requireSourceAccess(lambda, readFunctionRef(input.FunctionName, undefined, context), source);
  refuseSecond(lambda, source, functionName);
  const record: MappingRecord = {
    uuid: randomUUID(),
    region: context.region,
    source,
    functionName,
    ...(input.StartingPosition !== undefined && { startingPosition: input.StartingPosition }),
    ...(input.StartingPositionTimestamp !== undefined && { startingAtMs: input.StartingPositionTimestamp.getTime() }),
    settings: { ...kind.defaults, ...pick(input) },
    state: input.Enabled === false ? "Disabled" : "Enabled",
    lastResult: "No records processed",
    createdMs: lambda.cloud.clock.now(),
    modifiedMs: lambda.cloud.clock.now(),
  };
  lambda.state.mappings.put(record.uuid, record);
  lambda.pollers.follow(record.uuid);
  return describe(lambda, record, input.Enabled === false ? "Disabled" : "Creating");
}

/** Changes a mapping's function or settings, or switches it on or off. */
export async function updateEventSourceMapping(
  lambda: Lambda,
  input: Input<"UpdateEventSourceMapping">,
  context: RequestContext,
): Promise<Output<"UpdateEventSourceMapping">> {
  const { functionName: reader, source } = find(lambda, input.UUID, context);
  validate(input);
  const named = input.FunctionName === undefined ? reader : resolveFunction(lambda, input.FunctionName, context);
  if (input.Enabled !== false) await requireSourceAccess(lambda, readFunctionRef(named, undefined, context), source);
  // Another update may have come first.
  const before = find(lambda, input.UUID, context);
  const functionName =
    input.FunctionName === undefined ? before.functionName : resolveFunction(lambda, input.FunctionName, context);
  const state = input.Enabled === undefined ? before.state : input.Enabled ? "Enabled" : "Disabled";
  const settings = { ...before.settings, ...pick(input) };
  const { source: EventSourceArn, startingPosition: StartingPosition, startingAtMs } = before;
  const StartingPositionTimestamp = startingAtMs === undefined ? undefined : new Date(startingAtMs);
  eventSourceOf(EventSourceArn).check(settings, { EventSourceArn, StartingPosition, StartingPositionTimestamp });
  const record: MappingRecord = { ...before, functionName, settings, state, modifiedMs: lambda.cloud.clock.now() };
  lambda.state.mappings.put(record.uuid, record);
  lambda.pollers.follow(record.uuid);
  const passing = state === before.state ? "Updating" : state === "Enabled" ? "Enabling" : "Disabling";
  return describe(lambda, record, passing);
}

/** Returns a mapping. `ResourceNotFoundException` where there is none of this UUID. */
export function getEventSourceMapping(
  lambda: Lambda,
  input: Input<"GetEventSourceMapping">,
  context: RequestContext,
): Output<"GetEventSourceMapping"> {
  return describe(lambda, find(lambda, input.UUID, context));
}

/** Deletes a mapping, which is `Deleting` until its last batch is done. */
export function deleteEventSourceMapping(
  lambda: Lambda,
  input: Input<"DeleteEventSourceMapping">,
  context: RequestContext,
): Output<"DeleteEventSourceMapping"> {
  const record = find(lambda, input.UUID, context);
  lambda.state.mappings.delete(record.uuid);
  lambda.pollers.forget(record.uuid);
  return describe(lambda, record, "Deleting");
}

/** Lists mappings by function or event source, a page at a time. */
export function listEventSourceMappings(
  lambda: Lambda,
  input: Input<"ListEventSourceMappings">,
  context: RequestContext,
): Output<"ListEventSourceMappings"> {
  const wanted =
    input.FunctionName === undefined ? undefined : functionArn(readFunctionRef(input.FunctionName, undefined, context));
  const all = lambda.state.mappings
    .list()
    .map(([, record]) => record)
    .filter((record) => record.region === context.region)
    .filter((record) => wanted === undefined || record.functionName === wanted)
    .filter((record) => input.EventSourceArn === undefined || record.source === input.EventSourceArn);
  const { items, next } = pageOf(all, input, 100);
  return { EventSourceMappings: items.map((record) => describe(lambda, record)), ...next };
}

const SETTINGS: readonly (keyof MappingSettings)[] = [
  "BatchSize",
  "MaximumBatchingWindowInSeconds",
  "MaximumRecordAgeInSeconds",
  "MaximumRetryAttempts",
  "ParallelizationFactor",
  "TumblingWindowInSeconds",
  "BisectBatchOnFunctionError",
  "FunctionResponseTypes",
  "DestinationConfig",
  "FilterCriteria",
  "ScalingConfig",
];

function pick(input: MappingSettings): MappingSettings {
  return Object.fromEntries(SETTINGS.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
}

function validate(input: Input<"CreateEventSourceMapping"> | Input<"UpdateEventSourceMapping">): void {
  const problems: string[] = [];
  const range = (value: number | undefined, member: string, least: number, most: number) => {
    if (value === undefined) return;
    if (value < least)
      problems.push(constraintProblem(value, member, `Member must have value greater than or equal to ${least}`));
    if (value > most)
      problems.push(constraintProblem(value, member, `Member must have value less than or equal to ${most}`));
  };
  range(input.BatchSize, "batchSize", 1, 10_000);
  range(input.MaximumBatchingWindowInSeconds, "maximumBatchingWindowInSeconds", 0, 300);
  range(input.MaximumRetryAttempts, "maximumRetryAttempts", -1, 10_000);
  range(input.MaximumRecordAgeInSeconds, "maximumRecordAgeInSeconds", -1, 604_800);
  range(input.ParallelizationFactor, "parallelizationFactor", 1, 10);
  range(input.TumblingWindowInSeconds, "tumblingWindowInSeconds", 0, 900);
  const position = "StartingPosition" in input ? input.StartingPosition : undefined;
  if (position !== undefined && !STARTING_POSITIONS.includes(position))
    problems.push(
      constraintProblem(
        position,
        "startingPosition",
        `Member must satisfy enum value set: [${STARTING_POSITIONS.join(", ")}]`,
      ),
    );
  if (problems.length > 0) throw invalid(problems);
  validateFilters(input.FilterCriteria);
}

function validateFilters(criteria: FilterCriteria | undefined): void {
  for (const { Pattern = "" } of criteria?.Filters ?? []) {
    try {
      if (tryFindPatternProblem(JSON.parse(Pattern)) === undefined) continue;
    } catch {
      // No JSON: no pattern.
    }
    throw invalidParameter("Invalid filter pattern definition.");
  }
}

function resolveFunction(lambda: Lambda, name: string | undefined, context: RequestContext): string {
  const ref = readFunctionRef(name, undefined, context);
  if (lambda.state.functions.get(keyOf(ref)) === undefined) throw invalidParameter("Function does not exist");
  lambda.state.version(ref);
  return functionArn(ref);
}

function refuseSecond(lambda: Lambda, source: string, functionName: string): void {
  const other = lambda.state.mappings
    .list()
    .find(([, record]) => record.source === source && record.functionName === functionName);
  if (other === undefined) return;
  const name = functionName.split(":").slice(6).join(":");
  throw conflict(
    `The event source arn (" ${source} ") and function (" ${name} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${other[0]}`,
  );
}

function find(lambda: Lambda, uuid: string | undefined, context: RequestContext): MappingRecord {
  const record = lambda.state.mappings.get(uuid ?? "");
  if (record === undefined || record.region !== context.region)
    throw notFound("The resource you requested does not exist.");
  return record;
}

/** Criteria without a filter are none. */
function shownSettings(settings: MappingSettings): MappingSettings {
  const { FilterCriteria, ...others } = settings;
  return (FilterCriteria?.Filters ?? []).length === 0 ? others : settings;
}

function describe(
  lambda: Lambda,
  record: MappingRecord,
  state: string = record.state,
): Output<"GetEventSourceMapping"> {
  return {
    UUID: record.uuid,
    EventSourceMappingArn: `arn:aws:lambda:${record.region}:${lambda.cloud.account}:event-source-mapping:${record.uuid}`,
    EventSourceArn: record.source,
    FunctionArn: record.functionName,
    ...(record.startingPosition !== undefined && { StartingPosition: record.startingPosition }),
    ...(record.startingAtMs !== undefined && { StartingPositionTimestamp: new Date(record.startingAtMs) }),
    ...shownSettings(record.settings),
    State: state,
    StateTransitionReason: isQueueArn(record.source) ? "USER_INITIATED" : "User action",
    ...(isQueueArn(record.source) ? {} : { LastProcessingResult: record.lastResult }),
    LastModified: new Date(record.modifiedMs),
  };
}
