import type { Checked } from "../../kit/checked.ts";
import { notCarried } from "../../kit/not-carried.ts";
import type { ChildShard, _Record } from "@aws-sdk/client-kinesis";
import type { RequestContext } from "../../service.ts";
import { childShards } from "./get-shard-iterator.ts";
import { liveShards, type Input, type Kinesis, type Output } from "./context.ts";
import type { DataRecord, ShardRecord, StreamRecord } from "./records.ts";
import { invalidArgument, rateExceeded, streamMissing } from "./errors.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { formatSequence } from "./sequence-number.ts";
import { formatIterator, readIterator } from "./shard-iterator.ts";

const MOST_RECORDS = 10_000;
const PAGE_BYTES = 10 * 1024 * 1024;

/** Reads up to 10,000 records of at most 10 MiB; the next iterator is absent at a closed shard's end. */
export function getRecords(
  kinesis: Kinesis,
  input: Input<"GetRecords">,
  context: RequestContext,
): Output<"GetRecords"> {
  if (input.DryRun === true) throw notCarried("DryRun", "Leave it out.");
  new RequestChecks()
    .required("shardIterator", input.ShardIterator)
    .range("limit", input.Limit, 1, MOST_RECORDS)
    .done();
  const nowMs = kinesis.cloud.clock.now();
  const iterator = readIterator(input.ShardIterator, nowMs);
  const stream = kinesis.streams.get(`${iterator.region}/${iterator.stream}`);
  if (stream === undefined) throw streamMissing(iterator.stream, context.account);
  const shard = liveShards(stream, nowMs).find(({ index }) => index === iterator.shard);
  if (stream.id !== iterator.streamId || shard === undefined) throw invalidArgument("Invalid ShardIterator.");
  // Lambda's pollers share no limit with others: only what comes over the wire is counted.
  const isCounted = context.http !== undefined;
  if (isCounted && !kinesis.throughput.tryRead(stream, shard, nowMs)) {
    kinesis.metrics.add(stream, "ReadProvisionedThroughputExceeded");
    throw rateExceeded(stream, shard);
  }
  const page = readPage(kinesis, stream, shard, { number: iterator.number, count: input.Limit ?? MOST_RECORDS });
  if (isCounted) kinesis.throughput.read(stream, shard, page.bytes, nowMs);
  // A poller that finds nothing four times a second is not worth a row a minute.
  if (isCounted || page.records.length > 0) {
    kinesis.metrics.add(stream, "GetRecords.Records", page.records.length);
    kinesis.metrics.add(stream, "GetRecords.Bytes", page.bytes);
    kinesis.metrics.add(stream, "GetRecords.IteratorAgeMilliseconds", page.behindMs);
  }
  return {
    Records: page.records,
    MillisBehindLatest: page.behindMs,
    ...(page.children === undefined
      ? { NextShardIterator: formatIterator({ ...iterator, number: page.next, issuedMs: nowMs }) }
      : { ChildShards: page.children }),
  };
}

/** What a reader gets of a shard at once. */
export interface Page {
  readonly records: Checked<_Record>[];
  readonly bytes: number;
  /** How far the reader is behind what came last, in milliseconds. */
  readonly behindMs: number;
  /** The number at which reading continues. */
  readonly next: number;
  /** Where the shard has ended: the shards that continue it. */
  readonly children: Checked<ChildShard>[] | undefined;
}

/** Reads up to `count` records, and up to ten mebibytes. */
export function readPage(
  { cloud, records }: Kinesis,
  stream: StreamRecord,
  shard: ShardRecord,
  { number, count }: { readonly number: number; readonly count: number },
): Page {
  const nowMs = cloud.clock.now();
  const found = records.read(stream, shard, { number, count, bytes: PAGE_BYTES, nowMs });
  const next = (found.at(-1)?.number ?? number - 1) + 1;
  const waitingMs = records.arrivalOfNext(stream, shard, next, nowMs);
  const isOver = shard.closed !== undefined && waitingMs === undefined;
  return {
    records: found.map((record) => toRecord(shard, record)),
    bytes: found.reduce((sum, { data, partitionKey }) => sum + data.byteLength + Buffer.byteLength(partitionKey), 0),
    behindMs: waitingMs === undefined ? 0 : Math.max(0, nowMs - waitingMs),
    next,
    children: isOver ? childShards(stream, shard) : undefined,
  };
}

function toRecord(
  shard: ShardRecord,
  { number, arrivedMs, partitionKey, data, encryption }: DataRecord,
): Checked<_Record> {
  return {
    SequenceNumber: formatSequence(shard, number, arrivedMs),
    ApproximateArrivalTimestamp: new Date(arrivedMs),
    Data: data,
    PartitionKey: partitionKey,
    ...(encryption !== "NONE" && { EncryptionType: encryption }),
  };
}
