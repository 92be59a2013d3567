import { notCarried } from "../../kit/not-carried.ts";
import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf, RequestContext } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { Arrivals } from "../../kit/arrivals.ts";
import { RecordStore } from "./record-store.ts";
import { statusOf, type ConsumerRecord, type ShardRecord, type StreamRecord } from "./records.ts";
import { invalidArgument, notActive, shardMissing, streamMissing } from "./errors.ts";
import { StreamMetrics } from "./stream-metrics.ts";
import { Throughput } from "./throughput.ts";

/** What the operations share. */
export interface Kinesis {
  readonly cloud: Cloud;
  /** By `<region>/<name>`. */
  readonly streams: Collection<StreamRecord>;
  /** By ARN, which begins with the stream's. */
  readonly consumers: Collection<ConsumerRecord>;
  readonly records: RecordStore;
  readonly throughput: Throughput;
  readonly arrivals: Arrivals;
  readonly metrics: StreamMetrics;
  readonly subscriptions: Subscriptions;
}

/** The pushes in progress, by the consumer's ARN and the shard's index. */
export type Subscriptions = Map<string, { readonly sinceMs: number; readonly ending: AbortController }>;

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"kinesis">> = InputOf<"kinesis", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"kinesis">> = OutputOf<"kinesis", K>;

/** How most operations name their stream. */
export interface StreamReference {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
  readonly StreamId?: string | undefined;
}

/** Opens the streams and records of Kinesis. */
export function openKinesis(cloud: Cloud): Kinesis {
  return {
    cloud,
    streams: cloud.store.collection("kinesis.streams"),
    consumers: cloud.store.collection("kinesis.consumers"),
    records: new RecordStore(cloud.store),
    throughput: new Throughput(),
    arrivals: new Arrivals(),
    metrics: new StreamMetrics(cloud),
    subscriptions: new Map(),
  };
}

/** The stream, in any state. */
export function requireStream(kinesis: Kinesis, reference: StreamReference, context: RequestContext): StreamRecord {
  const { StreamName, StreamARN, StreamId } = reference;
  if (StreamId !== undefined) throw notCarried("stream ids", "Name the stream by StreamName or StreamARN.");
  const name = StreamARN === undefined ? StreamName : nameInArn(StreamARN);
  if (name === undefined) throw invalidArgument("Either StreamName or StreamARN must be specified.");
  if (StreamARN !== undefined && StreamName !== undefined && StreamName !== name)
    throw invalidArgument(`StreamName ${StreamName} and StreamARN ${StreamARN} name different streams.`);
  const region = StreamARN?.split(":")[3] ?? context.region;
  const stream = kinesis.streams.get(`${region}/${name}`);
  if (stream === undefined) throw streamMissing(name, context.account);
  return stream;
}

/** The stream, if nothing is being changed on it. */
export function requireActive(kinesis: Kinesis, reference: StreamReference, context: RequestContext): StreamRecord {
  const stream = requireStream(kinesis, reference, context);
  const status = statusOf(stream, kinesis.cloud.clock.now());
  if (status !== "ACTIVE") throw notActive(stream, status);
  return stream;
}

/** The stream, if it has been made: what is being changed can be written to and read. */
export function requireMade(kinesis: Kinesis, reference: StreamReference, context: RequestContext): StreamRecord {
  const stream = requireStream(kinesis, reference, context);
  if (statusOf(stream, kinesis.cloud.clock.now()) === "CREATING") throw streamMissing(stream.name, stream.account);
  return stream;
}

/** Stores a stream under its region and name. */
export function saveStream(kinesis: Kinesis, stream: StreamRecord): void {
  kinesis.streams.put(`${stream.region}/${stream.name}`, stream);
}

/** A shard of the stream that can still be read, by its id: `shardId-000000000001`, or any name that ends so. */
export function requireShard(kinesis: Kinesis, stream: StreamRecord, shardId: string): ShardRecord {
  const index = Number(/^[a-zA-Z0-9_.-]*?(\d{1,12})$/.exec(shardId)?.[1] ?? -1);
  const shard = liveShards(stream, kinesis.cloud.clock.now()).find((each) => each.index === index);
  if (shard === undefined) throw shardMissing(stream, shardId);
  return shard;
}

/** Closed shards are removed when none of their records is retained. */
export function liveShards({ shards, retentionHours }: StreamRecord, nowMs: number): ShardRecord[] {
  const horizonMs = nowMs - retentionHours * 60 * 60 * 1000;
  return shards.filter(({ closed }) => closed === undefined || closed.atMs > horizonMs);
}

/** The shards that take new records: those that were neither split nor merged. */
export function openShards({ shards }: StreamRecord): ShardRecord[] {
  return shards.filter(({ closed }) => closed === undefined);
}

function nameInArn(arn: string): string {
  const name = /^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream\/([a-zA-Z0-9_.-]{1,128})$/.exec(arn)?.[1];
  if (name === undefined) throw invalidArgument(`StreamARN ${arn} is not the ARN of a stream.`);
  return name;
}
