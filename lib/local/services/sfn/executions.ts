import { errorText } from "../../kit/error-text.ts";
import { randomUUID } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import { routeByWeight } from "./aliases.ts";
import type { ExecutionRecord, MachineRecord, VersionRecord } from "./records.ts";
import { whyNotRedrivable } from "./redrive.ts";
import {
  broken,
  checkArn,
  checkExecutionArn,
  checkName,
  executionMissing,
  machineMissing,
  page,
  resourceMissing,
} from "./errors.ts";
import type { Input, Output, Sfn } from "./context.ts";
import { findAny } from "./state-machines.ts";
import { parseJson } from "../../../util/parse-json.ts";

const LARGEST_INPUT_BYTES = 262_144;
const LONGEST_TOKEN = 3096;

/** Starts an execution. The same name and input again, while it runs, returns the same execution. */
export function startExecution(sfn: Sfn, input: Input<"StartExecution">): Output<"StartExecution"> {
  const record = buildExecution(sfn, input);
  const before = record.type === "STANDARD" ? sfn.executions.get(record.arn) : undefined;
  if (before !== undefined) {
    const same = before.status === "RUNNING" && before.input === record.input;
    if (!same) throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${record.arn}'`);
    return { executionArn: before.arn, startDate: new Date(before.startedMs) };
  }
  sfn.executions.put(record);
  sfn.onStatus(record);
  void sfn.runner.start(record);
  return { executionArn: record.arn, startDate: new Date(record.startedMs) };
}

/** Runs an express state machine and returns what came of it. */
export async function startSyncExecution(
  sfn: Sfn,
  input: Input<"StartSyncExecution">,
): Promise<Output<"StartSyncExecution">> {
  const record = buildExecution(sfn, input);
  if (record.type !== "EXPRESS") throw typeNotSupported();
  sfn.onStatus(record);
  const ended = await sfn.runner.start(record);
  const tookMs = ended.stoppedMs! - ended.startedMs;
  return {
    executionArn: ended.arn,
    stateMachineArn: ended.machineArn,
    name: ended.name,
    status: ended.status === "SUCCEEDED" || ended.status === "TIMED_OUT" ? ended.status : "FAILED",
    startDate: new Date(ended.startedMs),
    stopDate: new Date(ended.stoppedMs!),
    input: ended.input,
    inputDetails: { included: true },
    ...outcomeOf(ended),
    billingDetails: {
      billedMemoryUsedInMB: 64,
      billedDurationInMilliseconds: Math.max(100, Math.ceil(tookMs / 100) * 100),
    },
  };
}

/** Returns an execution with its input, output and status, for 90 days after its end. */
export function describeExecution(sfn: Sfn, input: Input<"DescribeExecution">): Output<"DescribeExecution"> {
  const record = findExecution(sfn, input.executionArn);
  const { versionArn, aliasArn, redrivenMs } = record;
  return {
    executionArn: record.arn,
    stateMachineArn: record.machineArn,
    name: record.name,
    status: record.status,
    startDate: new Date(record.startedMs),
    ...(record.stoppedMs !== undefined && { stopDate: new Date(record.stoppedMs) }),
    input: record.input,
    inputDetails: { included: true },
    ...outcomeOf(record),
    ...(versionArn !== undefined && { stateMachineVersionArn: versionArn }),
    ...(aliasArn !== undefined && { stateMachineAliasArn: aliasArn }),
    ...(record.mapRunArn !== undefined && { mapRunArn: record.mapRunArn }),
    redriveCount: record.redriveCount,
    ...(redrivenMs !== undefined && { redriveDate: new Date(redrivenMs) }),
    ...redriveStatusOf(record, sfn.cloud.clock.now()),
  };
}

/** Lists executions of a state machine or Map Run, newest first, a page at a time. */
export function listExecutions(sfn: Sfn, input: Input<"ListExecutions">): Output<"ListExecutions"> {
  const { stateMachineArn, statusFilter } = input;
  if (input.mapRunArn !== undefined) return listChildren(sfn, input);
  const alias = sfn.aliases.get(checkArn(stateMachineArn));
  const { machine, version } =
    alias === undefined ? findAny(sfn, stateMachineArn) : { machine: findAny(sfn, alias.machineArn).machine };
  if (machine.type === "EXPRESS") throw typeNotSupported();
  const all = sfn.executions
    .ofMachine(machine.arn)
    .filter(({ status }) => statusFilter === undefined || status === statusFilter)
    .filter(
      ({ versionArn, aliasArn }) =>
        (version === undefined || versionArn === version.arn) && (alias === undefined || aliasArn === alias.arn),
    );
  const { items, nextToken } = page(all, input.maxResults, input.nextToken, LONGEST_TOKEN);
  return { executions: items.map(listItem), nextToken };
}

/** The children of a Map Run. */
function listChildren(sfn: Sfn, input: Input<"ListExecutions">): Output<"ListExecutions"> {
  const mapRun = sfn.mapRuns.get(checkArn(input.mapRunArn));
  if (mapRun === undefined) throw resourceMissing(String(input.mapRunArn));
  const { statusFilter } = input;
  const all = sfn.executions
    .ofMachine(mapRun.machineArn)
    .filter(({ mapRunArn }) => mapRunArn === mapRun.arn)
    .filter(({ status }) => statusFilter === undefined || status === statusFilter);
  const { items, nextToken } = page(all, input.maxResults, input.nextToken, LONGEST_TOKEN);
  return { executions: items.map(listItem), nextToken };
}

/** Runs an execution that ended without success on, from the state that failed. */
export function redriveExecution(sfn: Sfn, input: Input<"RedriveExecution">): Output<"RedriveExecution"> {
  const record = findExecution(sfn, input.executionArn);
  const nowMs = sfn.cloud.clock.now();
  const why = whyNotRedrivable(record, nowMs);
  if (why !== undefined) throw new AwsError("ExecutionNotRedrivable", why);
  if (record.mapRunArn !== undefined) {
    throw new AwsError(
      "ExecutionNotRedrivable",
      `Execution is a child of the Map Run '${record.mapRunArn}': redrive its parent`,
    );
  }
  return { redriveDate: new Date(sfn.runner.redrive(record).redrivenMs ?? nowMs) };
}

/** Stops a running execution: it is `ABORTED`. Standard workflows only. */
export async function stopExecution(sfn: Sfn, input: Input<"StopExecution">): Promise<Output<"StopExecution">> {
  const record = findExecution(sfn, input.executionArn);
  await sfn.runner.stop(record.arn, { error: input.error, cause: input.cause });
  return { stopDate: new Date(findExecution(sfn, record.arn).stoppedMs ?? sfn.cloud.clock.now()) };
}

/** The events of an execution, as AWS numbers them. */
export function getExecutionHistory(sfn: Sfn, input: Input<"GetExecutionHistory">): Output<"GetExecutionHistory"> {
  const record = findExecution(sfn, input.executionArn);
  const { maxResults, nextToken, reverseOrder: reverse = false, includeExecutionData = true } = input;
  if (maxResults !== undefined && maxResults > 1000) {
    throw broken(maxResults, "maxResults", "Member must have value less than or equal to 1000");
  }
  const size = maxResults === undefined || maxResults === 0 ? 100 : maxResults;
  const from = nextToken === undefined ? (reverse ? Number.MAX_SAFE_INTEGER : 1) : readEventToken(nextToken);
  const found = sfn.executions.events(record.arn, from, size + 1, reverse);
  const more = found[size];
  return {
    events: found.slice(0, size).map(({ timestampMs, ...event }) => ({
      timestamp: new Date(timestampMs),
      ...(includeExecutionData ? event : withoutData(event)),
    })),
    ...(more !== undefined && { nextToken: Buffer.from(`event ${more.id}`).toString("base64") }),
  };
}

function readEventToken(token: string): number {
  const id = /^event (\d+)$/.exec(Buffer.from(token, "base64").toString("utf8"))?.[1];
  if (id === undefined) throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
  return Number(id);
}

const DATA = new Set(["input", "inputDetails", "output", "outputDetails"]);

function withoutData<T extends object>(event: T): T {
  const strip = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).filter(([name]) => !DATA.has(name)))
      : value;
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [name, strip(value)])) as T;
}

function buildExecution(sfn: Sfn, input: Input<"StartExecution">): ExecutionRecord {
  const { machine, version, aliasArn } = resolve(sfn, checkArn(input.stateMachineArn));
  const text = input.input ?? "{}";
  if (Buffer.byteLength(text) > LARGEST_INPUT_BYTES) {
    throw broken(
      `${text.slice(0, 40)}…`,
      "input",
      `Member must have length less than or equal to ${LARGEST_INPUT_BYTES}`,
    );
  }
  checkJson(text);
  const name = input.name === undefined ? randomUUID() : checkName(input.name);
  const said = version ?? machine;
  const kind = machine.type === "EXPRESS" ? "express" : "execution";
  const base = machine.arn.replace(":stateMachine:", `:${kind}:`);
  return {
    arn: machine.type === "EXPRESS" ? `${base}:${name}:${randomUUID()}` : `${base}:${name}`,
    region: machine.region,
    name,
    machineArn: machine.arn,
    machineName: machine.name,
    type: machine.type,
    ...(version !== undefined && { versionArn: version.arn }),
    ...(aliasArn !== undefined && { aliasArn }),
    definition: said.definition,
    ...(said.revisionId !== undefined && { revisionId: said.revisionId }),
    roleArn: said.roleArn,
    loggingConfiguration: said.loggingConfiguration,
    input: text,
    status: "RUNNING",
    startedMs: sfn.cloud.clock.now(),
    redriveCount: 0,
  };
}

/** A machine, one of its versions, or the version that an alias leads to. */
function resolve(sfn: Sfn, arn: string): { machine: MachineRecord; version?: VersionRecord; aliasArn?: string } {
  const alias = sfn.aliases.get(arn);
  if (alias === undefined) return findAny(sfn, arn);
  const machine = sfn.machines.get(alias.machineArn);
  const version = sfn.versions.get(routeByWeight(alias));
  if (machine === undefined || version === undefined) throw machineMissing(arn);
  return { machine, version, aliasArn: arn };
}

function checkJson(text: string): void {
  try {
    parseJson(text);
  } catch (error) {
    throw new AwsError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${errorText(error)}'`);
  }
}

function findExecution(sfn: Sfn, arn: string | undefined): ExecutionRecord {
  const record = sfn.executions.get(checkExecutionArn(arn));
  if (record === undefined) throw executionMissing(String(arn));
  return record;
}

function outcomeOf({ output, error, cause }: ExecutionRecord): object {
  return {
    ...(output !== undefined && { output, outputDetails: { included: true } }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}

function redriveStatusOf(record: ExecutionRecord, nowMs: number) {
  const why = whyNotRedrivable(record, nowMs);
  if (why !== undefined) return { redriveStatus: "NOT_REDRIVABLE" as const, redriveStatusReason: why };
  return {
    redriveStatus: record.mapRunArn === undefined ? ("REDRIVABLE" as const) : ("REDRIVABLE_BY_MAP_RUN" as const),
  };
}

function listItem(record: ExecutionRecord) {
  const { arn, machineArn, name, status, startedMs, stoppedMs, redriveCount, versionArn, aliasArn } = record;
  const { mapRunArn, itemCount } = record;
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: new Date(startedMs),
    ...(stoppedMs !== undefined && { stopDate: new Date(stoppedMs) }),
    redriveCount,
    ...(versionArn !== undefined && { stateMachineVersionArn: versionArn }),
    ...(aliasArn !== undefined && { stateMachineAliasArn: aliasArn }),
    ...(mapRunArn !== undefined && { mapRunArn, itemCount }),
  };
}

function typeNotSupported(): AwsError {
  return new AwsError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine");
}
