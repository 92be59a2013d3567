import { notCarried } from "../../kit/not-carried.ts";
import type { Nothing } from "../../kit/operation-types.ts";
import { randomUUID } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { evenRanges } from "./hash-key.ts";
import { liveShards, openShards, requireStream, saveStream, type Input, type Kinesis, type Output } from "./context.ts";
import { limitExceeded } from "./errors.ts";
import { statusOf, type StreamRecord } from "./records.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { describeShard } from "./list-shards.ts";
import { checkTags } from "./tag-rules.ts";

/** How long a change keeps a stream from being ACTIVE, in the cloud's time: AWS takes longer. */
export const BUSY_MS = 100;

const NAME = /[a-zA-Z0-9_.-]+/;
const ON_DEMAND_SHARDS = 4;
const ON_DEMAND_STREAMS = 50;
const LARGE_REGIONS = new Set(["us-east-1", "us-west-2", "eu-west-1"]);

/** Creates a stream, which is `CREATING` for a moment. `ResourceInUseException` where its name is taken. */
export function createStream(kinesis: Kinesis, input: Input<"CreateStream">, context: RequestContext): Nothing {
  new RequestChecks()
    .required("streamName", input.StreamName)
    .length("streamName", input.StreamName, 1, 128)
    .pattern("streamName", input.StreamName, NAME)
    .range("shardCount", input.ShardCount, 1, 100_000)
    .oneOf("streamModeDetails.streamMode", input.StreamModeDetails?.StreamMode, ["PROVISIONED", "ON_DEMAND"])
    .range("maxRecordSizeInKiB", input.MaxRecordSizeInKiB, 1024, 10_240)
    .done();
  if (input.WarmThroughputMiBps !== undefined) throw notCarried("warm throughput", "Leave WarmThroughputMiBps out.");
  if (input.RecordDistributionStrategy === "AUTO")
    throw notCarried("the record distribution strategy AUTO", "Leave RecordDistributionStrategy out.");
  const name = input.StreamName;
  const { region, account } = context;
  if (kinesis.streams.get(`${region}/${name}`) !== undefined)
    throw new AwsError("ResourceInUseException", `Stream ${name} under account ${account} already exists.`);
  // Without a mode and a count AWS makes a stream of four shards (seen in 2026).
  const mode = input.StreamModeDetails?.StreamMode ?? (input.ShardCount === undefined ? "ON_DEMAND" : "PROVISIONED");
  const count = shardCountOf(kinesis, mode, input.ShardCount, context);
  const nowMs = kinesis.cloud.clock.now();
  const ranges = evenRanges(count).map(({ start, end }, index) => ({
    index,
    startingHashKey: start.toString(),
    endingHashKey: end.toString(),
    createdMs: nowMs,
    createdAfter: kinesis.records.last(),
  }));
  saveStream(kinesis, {
    id: randomUUID(),
    name,
    arn: `arn:aws:kinesis:${region}:${account}:stream/${name}`,
    region,
    account,
    createdMs: nowMs,
    mode,
    shards: ranges,
    retentionHours: 24,
    encryption: "NONE",
    monitoring: [],
    tags: checkTags({ ...input.Tags }),
    maxRecordKiB: input.MaxRecordSizeInKiB ?? 1024,
    busy: { status: "CREATING", untilMs: nowMs + BUSY_MS },
  });
  return {};
}

function shardCountOf(kinesis: Kinesis, mode: string, given: number | undefined, { region }: RequestContext): number {
  if (mode === "ON_DEMAND") {
    if (given !== undefined)
      throw new AwsError("ValidationException", "ShardCount is not supported for streams in ON_DEMAND mode.");
    const known = streamsOf(kinesis, region).filter((stream) => stream.mode === "ON_DEMAND").length;
    if (known >= ON_DEMAND_STREAMS)
      throw limitExceeded(`The number of on-demand streams cannot be greater than ${ON_DEMAND_STREAMS}.`);
    return ON_DEMAND_SHARDS;
  }
  const count = Math.trunc(given ?? 1);
  refuseTooManyShards(kinesis, region, count);
  return count;
}

/** Refuses what would open more shards than the account may have in the region. */
export function refuseTooManyShards(kinesis: Kinesis, region: string, more: number): void {
  const limit = shardLimitOf(region);
  const open = openShardCount(kinesis, region);
  if (open + more <= limit) return;
  throw limitExceeded(
    `This request would exceed the shard limit for the account ${kinesis.cloud.account} in ${region}. Current shard ` +
      `count for the account: ${open}. Limit: ${limit}. Number of additional shards that would have resulted from ` +
      `this request: ${more}. Refer to the AWS Service Limits page ` +
      "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request " +
      "higher limits.",
  );
}

/** Deleting is done at once. Consumers keep a stream, unless they are to go with it. */
export function deleteStream(kinesis: Kinesis, input: Input<"DeleteStream">, context: RequestContext): Nothing {
  const stream = requireStream(kinesis, input, context);
  const consumers = kinesis.consumers.list(`${stream.arn}/`);
  if (consumers.length > 0 && input.EnforceConsumerDeletion !== true)
    throw new AwsError(
      "ResourceInUseException",
      `Stream ${stream.name} under account ${stream.account} has consumers registered. ` +
        "Deregister them, or set EnforceConsumerDeletion.",
    );
  kinesis.cloud.store.transaction(() => {
    for (const [key] of consumers) kinesis.consumers.delete(key);
    kinesis.streams.delete(`${stream.region}/${stream.name}`);
    kinesis.records.drop(stream);
  });
  kinesis.arrivals.announce(stream.id);
  return {};
}

/** Returns a stream with its shards, a page of shards at a time. */
export function describeStream(
  kinesis: Kinesis,
  input: Input<"DescribeStream">,
  context: RequestContext,
): Output<"DescribeStream"> {
  new RequestChecks().range("limit", input.Limit, 1, 10_000).done();
  const stream = requireStream(kinesis, input, context);
  const after = input.ExclusiveStartShardId ?? "";
  const status = statusOf(stream, kinesis.cloud.clock.now());
  const all = status === "CREATING" ? [] : liveShards(stream, kinesis.cloud.clock.now()).map(describeShard);
  const rest = all.filter(({ ShardId }) => ShardId > after);
  const Shards = rest.slice(0, Math.min(input.Limit ?? 100, 100));
  return {
    StreamDescription: { ...describe(kinesis, stream), Shards, HasMoreShards: Shards.length < rest.length },
  };
}

/** Returns a stream without its shards, with the number of those that are open. */
export function describeStreamSummary(
  kinesis: Kinesis,
  input: Input<"DescribeStreamSummary">,
  context: RequestContext,
): Output<"DescribeStreamSummary"> {
  const stream = requireStream(kinesis, input, context);
  return {
    StreamDescriptionSummary: {
      ...describe(kinesis, stream),
      OpenShardCount: openShards(stream).length,
      ConsumerCount: kinesis.consumers.list(`${stream.arn}/`).length,
      MaxRecordSizeInKiB: stream.maxRecordKiB,
    },
  };
}

/** Lists the region's streams by name, a page at a time. */
export function listStreams(
  kinesis: Kinesis,
  input: Input<"ListStreams">,
  context: RequestContext,
): Output<"ListStreams"> {
  new RequestChecks().range("limit", input.Limit, 1, 10_000).done();
  const after = input.NextToken ?? input.ExclusiveStartStreamName ?? "";
  const rest = streamsOf(kinesis, context.region).filter(({ name }) => name > after);
  const page = rest.slice(0, Math.min(input.Limit ?? 100, 100));
  const more = page.length < rest.length;
  return {
    StreamNames: page.map(({ name }) => name),
    HasMoreStreams: more,
    ...(more && { NextToken: page.at(-1)?.name }),
    StreamSummaries: page.map((stream) => {
      const { StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp } = describe(
        kinesis,
        stream,
      );
      return { StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp };
    }),
  };
}

/** Returns the region's quotas of shards and on-demand streams, and how many are in use. */
export function describeLimits(kinesis: Kinesis, _input: object, { region }: RequestContext): Output<"DescribeLimits"> {
  return {
    ShardLimit: shardLimitOf(region),
    OpenShardCount: openShardCount(kinesis, region),
    OnDemandStreamCount: streamsOf(kinesis, region).filter(({ mode }) => mode === "ON_DEMAND").length,
    OnDemandStreamCountLimit: ON_DEMAND_STREAMS,
  };
}

function describe(kinesis: Kinesis, stream: StreamRecord) {
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    StreamStatus: statusOf(stream, kinesis.cloud.clock.now()),
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retentionHours,
    StreamCreationTimestamp: new Date(stream.createdMs),
    EnhancedMonitoring: [{ ShardLevelMetrics: [...stream.monitoring] }],
    EncryptionType: stream.encryption,
    ...(stream.keyId !== undefined && { KeyId: stream.keyId }),
  };
}

/** Provisioned streams only: on-demand streams count against no limit. */
function openShardCount(kinesis: Kinesis, region: string): number {
  const streams = streamsOf(kinesis, region).filter(({ mode }) => mode === "PROVISIONED");
  return streams.reduce((sum, stream) => sum + openShards(stream).length, 0);
}

/** https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
export function shardLimitOf(region: string): number {
  return LARGE_REGIONS.has(region) ? 500 : 200;
}

function streamsOf(kinesis: Kinesis, region: string): StreamRecord[] {
  return kinesis.streams.list(`${region}/`).map(([, stream]) => stream);
}
