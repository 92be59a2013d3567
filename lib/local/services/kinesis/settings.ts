import { notCarried } from "../../kit/not-carried.ts";
import type { Nothing } from "../../kit/operation-types.ts";
import type { MetricsName } from "@aws-sdk/client-kinesis";
import type { RequestContext } from "../../service.ts";
import { requireActive, saveStream, type Input, type Kinesis, type Output, type StreamReference } from "./context.ts";
import type { StreamRecord } from "./records.ts";
import { invalidArgument } from "./errors.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { BUSY_MS } from "./streams.ts";

/** https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html */
const SHORTEST_RETENTION_HOURS = 24;
const LONGEST_RETENTION_HOURS = 8760;

const METRICS: readonly MetricsName[] = [
  "IncomingBytes",
  "IncomingRecords",
  "OutgoingBytes",
  "OutgoingRecords",
  "WriteProvisionedThroughputExceeded",
  "ReadProvisionedThroughputExceeded",
  "IteratorAgeMilliseconds",
];

/** Keeps records for longer: up to 8,760 hours. */
export function increaseStreamRetentionPeriod(
  kinesis: Kinesis,
  input: Input<"IncreaseStreamRetentionPeriod">,
  context: RequestContext,
): Nothing {
  return setRetention(kinesis, input, context, (hours, current) =>
    hours < current ? "shorter than existing retention period ($). Use DecreaseRetentionPeriod API." : undefined,
  );
}

/** Keeps records for less long: 24 hours at the least. Older ones are gone at once. */
export function decreaseStreamRetentionPeriod(
  kinesis: Kinesis,
  input: Input<"DecreaseStreamRetentionPeriod">,
  context: RequestContext,
): Nothing {
  return setRetention(kinesis, input, context, (hours, current) =>
    hours > current ? "longer than existing retention period ($). Use IncreaseRetentionPeriod API." : undefined,
  );
}

function setRetention(
  kinesis: Kinesis,
  input: Input<"IncreaseStreamRetentionPeriod">,
  context: RequestContext,
  problemOf: (hours: number, current: number) => string | undefined,
): Nothing {
  new RequestChecks().required("retentionPeriodHours", input.RetentionPeriodHours).done();
  const stream = requireActive(kinesis, input, context);
  const hours = input.RetentionPeriodHours;
  const asked = `Requested retention period (${hours} hours)`;
  if (hours < SHORTEST_RETENTION_HOURS)
    throw invalidArgument(
      `Minimum allowed retention period is ${SHORTEST_RETENTION_HOURS} hours. ${asked} is too short.`,
    );
  if (hours > LONGEST_RETENTION_HOURS)
    throw invalidArgument(
      `Maximum allowed retention period is ${LONGEST_RETENTION_HOURS} hours. ${asked} is too long.`,
    );
  const problem = problemOf(hours, stream.retentionHours)?.replace("$", `${stream.retentionHours} hours`);
  if (problem !== undefined) throw invalidArgument(`${asked} for stream ${stream.name} can not be ${problem}`);
  return change(kinesis, stream, { retentionHours: hours });
}

/** The key is stored and returned; it encrypts nothing. */
export function startStreamEncryption(
  kinesis: Kinesis,
  input: Input<"StartStreamEncryption">,
  context: RequestContext,
): Nothing {
  checkEncryption(input);
  const stream = requireActive(kinesis, input, context);
  if (input.EncryptionType !== "KMS") throw invalidArgument("EncryptionType must be KMS.");
  return change(kinesis, stream, { encryption: "KMS", keyId: input.KeyId });
}

/** Switches off encryption for records that are written from now on. */
export function stopStreamEncryption(
  kinesis: Kinesis,
  input: Input<"StopStreamEncryption">,
  context: RequestContext,
): Nothing {
  checkEncryption(input);
  const { keyId: _, ...stream } = requireActive(kinesis, input, context);
  return change(kinesis, stream, { encryption: "NONE" });
}

function checkEncryption(input: Input<"StartStreamEncryption">): void {
  new RequestChecks()
    .required("encryptionType", input.EncryptionType)
    .oneOf("encryptionType", input.EncryptionType, ["NONE", "KMS"])
    .required("keyId", input.KeyId)
    .length("keyId", input.KeyId, 1, 2048)
    .done();
}

/** Switches between on-demand and provisioned capacity. */
export function updateStreamMode(kinesis: Kinesis, input: Input<"UpdateStreamMode">, context: RequestContext): Nothing {
  const mode = input.StreamModeDetails?.StreamMode;
  new RequestChecks()
    .required("streamModeDetails.streamMode", mode)
    .oneOf("streamModeDetails.streamMode", mode, ["PROVISIONED", "ON_DEMAND"])
    .done();
  if (input.WarmThroughputMiBps !== undefined) throw notCarried("warm throughput", "Leave WarmThroughputMiBps out.");
  return change(kinesis, requireActive(kinesis, input, context), { mode: mode });
}

/** Sets the largest record that the stream takes, in KiB. */
export function updateMaxRecordSize(
  kinesis: Kinesis,
  input: Input<"UpdateMaxRecordSize">,
  context: RequestContext,
): Nothing {
  new RequestChecks()
    .required("maxRecordSizeInKiB", input.MaxRecordSizeInKiB)
    .range("maxRecordSizeInKiB", input.MaxRecordSizeInKiB, 1024, 10_240)
    .done();
  return change(kinesis, requireActive(kinesis, input, context), { maxRecordKiB: input.MaxRecordSizeInKiB });
}

/** Switches on metrics by shard. */
export function enableEnhancedMonitoring(
  kinesis: Kinesis,
  input: Input<"EnableEnhancedMonitoring">,
  context: RequestContext,
): Output<"EnableEnhancedMonitoring"> {
  return setMonitoring(kinesis, input, context, (current, asked) =>
    METRICS.filter((name) => current.includes(name) || asked.includes(name)),
  );
}

/** Switches off metrics by shard. */
export function disableEnhancedMonitoring(
  kinesis: Kinesis,
  input: Input<"DisableEnhancedMonitoring">,
  context: RequestContext,
): Output<"DisableEnhancedMonitoring"> {
  return setMonitoring(kinesis, input, context, (current, asked) => current.filter((name) => !asked.includes(name)));
}

function setMonitoring(
  kinesis: Kinesis,
  input: StreamReference & { ShardLevelMetrics: MetricsName[] | undefined },
  context: RequestContext,
  next: (current: readonly MetricsName[], asked: readonly MetricsName[]) => MetricsName[],
): Output<"EnableEnhancedMonitoring"> {
  const given = input.ShardLevelMetrics ?? [];
  const checks = new RequestChecks().required("shardLevelMetrics", input.ShardLevelMetrics);
  for (const name of given) checks.oneOf("shardLevelMetrics", name, [...METRICS, "ALL"]);
  checks.length("shardLevelMetrics", given, 1, 7).done();
  const stream = requireActive(kinesis, input, context);
  const before = [...stream.monitoring];
  const after = next(before, given.includes("ALL") ? METRICS : given);
  change(kinesis, stream, { monitoring: after });
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    CurrentShardLevelMetrics: before,
    DesiredShardLevelMetrics: after,
  };
}

function change(kinesis: Kinesis, stream: StreamRecord, changes: Partial<StreamRecord>): Nothing {
  const untilMs = kinesis.cloud.clock.now() + BUSY_MS;
  saveStream(kinesis, { ...stream, ...changes, busy: { status: "UPDATING", untilMs } });
  return {};
}
