import type { Checked } from "../../kit/checked.ts";
import { notCarried } from "../../kit/not-carried.ts";
import type { SubscribeToShardEvent } from "@aws-sdk/client-kinesis";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { requireConsumerByArn } from "./consumers.ts";
import { readPage, type Page } from "./get-records.ts";
import { numberAt } from "./get-shard-iterator.ts";
import { requireMade, requireShard, type Input, type Kinesis, type Output, type Subscriptions } from "./context.ts";
import { consumerStatusOf, type ShardRecord, type StreamRecord } from "./records.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { formatSequence } from "./sequence-number.ts";

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html */
const SUBSCRIPTION_MS = 5 * 60 * 1000;
/** Within this time a second call for the same shard is refused; later it takes over. */
const EXCLUSIVE_MS = 5000;
/** How often an idle reader receives an empty event. */
const HEARTBEAT_MS = 5000;
const RECORDS_PER_EVENT = 1000;

const POSITIONS = ["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"];

/** Pushes what comes into a shard for five minutes, or until another call takes over. */
export function subscribeToShard(
  kinesis: Kinesis,
  input: Input<"SubscribeToShard">,
  context: RequestContext,
): Output<"SubscribeToShard"> {
  if (input.DryRun === true) throw notCarried("DryRun", "Leave it out.");
  new RequestChecks()
    .required("consumerARN", input.ConsumerARN)
    .required("shardId", input.ShardId)
    .required("startingPosition", input.StartingPosition)
    .oneOf("startingPosition.type", input.StartingPosition?.Type, POSITIONS)
    .done();
  const nowMs = kinesis.cloud.clock.now();
  const consumer = requireConsumerByArn(kinesis, input.ConsumerARN);
  if (consumerStatusOf(consumer, nowMs) !== "ACTIVE")
    throw new AwsError("ResourceInUseException", `Consumer ${consumer.arn} is not ACTIVE.`);
  const stream = requireMade(kinesis, { StreamARN: consumer.streamArn }, context);
  const shard = requireShard(kinesis, stream, input.ShardId);
  const number = numberAt(kinesis, stream, shard, input.StartingPosition, "SubscribeToShard");
  const ending = takeOver(kinesis.subscriptions, `${consumer.arn} ${shard.index}`, nowMs);
  const untilMs = nowMs + SUBSCRIPTION_MS;
  return { EventStream: push(kinesis, { stream, shard, consumerArn: consumer.arn, number, untilMs }, ending) };
}

function takeOver(subscriptions: Subscriptions, key: string, nowMs: number): AbortSignal {
  const before = subscriptions.get(key);
  if (before !== undefined && !before.ending.signal.aborted && nowMs - before.sinceMs < EXCLUSIVE_MS)
    throw new AwsError(
      "ResourceInUseException",
      "Another active subscription exists for this consumer and shard. Try again after five seconds.",
    );
  before?.ending.abort();
  const ending = new AbortController();
  subscriptions.set(key, { sinceMs: nowMs, ending });
  return ending.signal;
}

interface Push {
  readonly stream: StreamRecord;
  readonly shard: ShardRecord;
  readonly consumerArn: string;
  readonly number: number;
  readonly untilMs: number;
}

async function* push(
  kinesis: Kinesis,
  { stream: { region, name, id }, shard: { index }, ...given }: Push,
  ending: AbortSignal,
) {
  const { clock } = kinesis.cloud;
  let { number } = given;
  let toldMs = Number.NEGATIVE_INFINITY;
  while (!ending.aborted && clock.now() < given.untilMs && kinesis.consumers.get(given.consumerArn) !== undefined) {
    const arrival = nextArrival(kinesis, id, ending);
    try {
      const stream = kinesis.streams.get(`${region}/${name}`);
      if (stream?.id !== id) return;
      const shard = stream.shards[index]!;
      const page = readPage(kinesis, stream, shard, { number, count: RECORDS_PER_EVENT });
      // Records are sent once they are on disk.
      await kinesis.cloud.store.durable();
      const isQuiet = page.records.length === 0 && page.children === undefined;
      if (!isQuiet || clock.now() - toldMs >= HEARTBEAT_MS) {
        number = page.next;
        toldMs = clock.now();
        yield { SubscribeToShardEvent: toEvent(shard, page, toldMs) };
      }
      if (page.children !== undefined) return;
      if (page.records.length < RECORDS_PER_EVENT) await arrival.come;
    } finally {
      arrival.cancel();
    }
  }
}

function toEvent(
  shard: ShardRecord,
  { records, next, behindMs, children }: Page,
  nowMs: number,
): Checked<SubscribeToShardEvent> {
  const last = records.at(-1)?.SequenceNumber;
  return {
    Records: records,
    ContinuationSequenceNumber: last ?? formatSequence(shard, Math.max(0, next - 1), nowMs),
    MillisBehindLatest: behindMs,
    ...(children !== undefined && { ChildShards: children }),
  };
}

/** Resolves when something has come into the stream, after a while, or when the subscription ends. */
function nextArrival({ cloud, arrivals }: Kinesis, streamId: string, ending: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const unwatch = arrivals.watch(streamId, wake);
  const cancelTimer = cloud.clock.at(cloud.clock.now() + HEARTBEAT_MS, wake);
  ending.addEventListener("abort", wake, { once: true });
  const cancel = () => {
    unwatch();
    cancelTimer();
    ending.removeEventListener("abort", wake);
  };
  return { come: promise, cancel };
}
