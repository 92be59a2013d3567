import type { Nothing } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import { evenRanges } from "./hash-key.ts";
import {
  openShards,
  requireActive,
  requireShard,
  saveStream,
  type Input,
  type Kinesis,
  type Output,
} from "./context.ts";
import { shardIdOf, type ShardRecord, type StreamRecord } from "./records.ts";
import { invalidArgument, limitExceeded } from "./errors.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { BUSY_MS, refuseTooManyShards, shardLimitOf } from "./streams.ts";

const SHARD_ID = /[a-zA-Z0-9_.-]+/;

/** Splits an open shard in two at a hash key. The parent takes no records from then on. */
export function splitShard(kinesis: Kinesis, input: Input<"SplitShard">, context: RequestContext): Nothing {
  new RequestChecks()
    .required("shardToSplit", input.ShardToSplit)
    .pattern("shardToSplit", input.ShardToSplit, SHARD_ID)
    .required("newStartingHashKey", input.NewStartingHashKey)
    .pattern("newStartingHashKey", input.NewStartingHashKey, /0|([1-9]\d{0,38})/)
    .done();
  const stream = requireActive(kinesis, input, context);
  refuseOnDemand(stream);
  const shard = requireOpen(kinesis, stream, input.ShardToSplit);
  const key = BigInt(input.NewStartingHashKey);
  const { startingHashKey: start, endingHashKey: end } = shard;
  if (key <= BigInt(start) + 1n || key >= BigInt(end))
    throw invalidArgument(
      `NewStartingHashKey ${key} used in SplitShard() on shard ${shardIdOf(shard)} in stream ${stream.name} under ` +
        `account ${stream.account} is not both greater than one plus the shard's StartingHashKey ${start} and less ` +
        `than the shard's EndingHashKey ${end}.`,
    );
  refuseTooManyShards(kinesis, stream.region, 1);
  save(kinesis, stream, new Resharding(kinesis, stream).split(shard, key).shards);
  return {};
}

/** Merges two open shards with adjacent ranges into one. */
export function mergeShards(kinesis: Kinesis, input: Input<"MergeShards">, context: RequestContext): Nothing {
  new RequestChecks()
    .required("shardToMerge", input.ShardToMerge)
    .pattern("shardToMerge", input.ShardToMerge, SHARD_ID)
    .required("adjacentShardToMerge", input.AdjacentShardToMerge)
    .pattern("adjacentShardToMerge", input.AdjacentShardToMerge, SHARD_ID)
    .done();
  const stream = requireActive(kinesis, input, context);
  refuseOnDemand(stream);
  const one = requireOpen(kinesis, stream, input.ShardToMerge);
  const other = requireOpen(kinesis, stream, input.AdjacentShardToMerge);
  const [low, high] = BigInt(one.startingHashKey) < BigInt(other.startingHashKey) ? [one, other] : [other, one];
  if (BigInt(low.endingHashKey) + 1n !== BigInt(high.startingHashKey))
    throw invalidArgument(
      `Shards ${shardIdOf(one)} and ${shardIdOf(other)} in stream ${stream.name} under account ${stream.account} ` +
        "are not an adjacent pair of shards eligible for merging",
    );
  save(kinesis, stream, new Resharding(kinesis, stream).merge(one, other).shards);
  return {};
}

/** Splits and merges until there are that many shards of one size. */
export function updateShardCount(
  kinesis: Kinesis,
  input: Input<"UpdateShardCount">,
  context: RequestContext,
): Output<"UpdateShardCount"> {
  new RequestChecks()
    .required("targetShardCount", input.TargetShardCount)
    .range("targetShardCount", input.TargetShardCount, 1, 100_000)
    .required("scalingType", input.ScalingType)
    .oneOf("scalingType", input.ScalingType, ["UNIFORM_SCALING"])
    .done();
  const stream = requireActive(kinesis, input, context);
  refuseOnDemand(stream);
  const target = Math.trunc(input.TargetShardCount);
  const current = openShards(stream).length;
  refuseTarget(stream, current, target);
  if (target > current) refuseTooManyShards(kinesis, stream.region, target - current);
  save(kinesis, stream, new Resharding(kinesis, stream).spread(target).shards);
  return {
    StreamName: stream.name,
    CurrentShardCount: current,
    TargetShardCount: target,
    StreamARN: stream.arn,
  };
}

function refuseTarget({ region }: StreamRecord, current: number, target: number): void {
  const counts = `Current open shard count: ${current}, Target shard count: ${target}`;
  const limit = shardLimitOf(region);
  if (target > limit)
    throw limitExceeded(`Target shard count or number of open shards cannot be greater than ${limit}. ${counts}`);
  if (target > current * 2)
    throw limitExceeded(`UpdateShardCount cannot scale up over double your current open shard count. ${counts}`);
  if (target < current / 2)
    throw limitExceeded(`UpdateShardCount cannot scale down below half your current open shard count. ${counts}`);
}

function refuseOnDemand({ name, account, mode }: StreamRecord): void {
  if (mode === "PROVISIONED") return;
  throw invalidArgument(`Request is invalid. Stream ${name} under account ${account} is in On-Demand mode.`);
}

function requireOpen(kinesis: Kinesis, stream: StreamRecord, shardId: string): ShardRecord {
  const shard = requireShard(kinesis, stream, shardId);
  if (shard.closed === undefined) return shard;
  throw invalidArgument(
    `Shard ${shardIdOf(shard)} in stream ${stream.name} under account ${stream.account} has already been merged or ` +
      "split, and thus is not eligible for merging or splitting.",
  );
}

function save(kinesis: Kinesis, stream: StreamRecord, shards: readonly ShardRecord[]): void {
  const untilMs = kinesis.cloud.clock.now() + BUSY_MS;
  saveStream(kinesis, { ...stream, shards, busy: { status: "UPDATING", untilMs } });
  kinesis.arrivals.announce(stream.id);
}

/** A stream's shards while they are being changed. */
class Resharding {
  readonly shards: ShardRecord[];
  readonly #nowMs: number;
  readonly #last: number;

  constructor({ cloud, records }: Kinesis, stream: StreamRecord) {
    this.shards = [...stream.shards];
    this.#nowMs = cloud.clock.now();
    this.#last = records.last();
  }

  split(shard: ShardRecord, key: bigint): this {
    this.#close(shard);
    this.#open(BigInt(shard.startingHashKey), key - 1n, shard);
    this.#open(key, BigInt(shard.endingHashKey), shard);
    return this;
  }

  merge(one: ShardRecord, adjacent: ShardRecord): this {
    const keys = [one, adjacent].flatMap(({ startingHashKey, endingHashKey }) => [
      BigInt(startingHashKey),
      BigInt(endingHashKey),
    ]);
    const [start, , , end] = keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    this.#close(one);
    this.#close(adjacent);
    this.#open(start!, end!, one, adjacent);
    return this;
  }

  /** Splits where a new shard begins within one, and merges those that are then in one range. */
  spread(count: number): this {
    const ranges = evenRanges(count);
    for (const { start } of ranges) {
      const shard = this.#inOrder().find(
        ({ startingHashKey, endingHashKey }) => BigInt(startingHashKey) < start && start <= BigInt(endingHashKey),
      );
      if (shard !== undefined) this.split(shard, start);
    }
    for (const { start, end } of ranges) {
      for (;;) {
        const [first, second] = this.#inOrder().filter(
          ({ startingHashKey }) => start <= BigInt(startingHashKey) && BigInt(startingHashKey) <= end,
        );
        if (first === undefined || second === undefined) break;
        this.merge(first, second);
      }
    }
    return this;
  }

  #inOrder(): ShardRecord[] {
    const open = this.shards.filter(({ closed }) => closed === undefined);
    return open.toSorted((a, b) => (BigInt(a.startingHashKey) < BigInt(b.startingHashKey) ? -1 : 1));
  }

  #close({ index }: ShardRecord): void {
    this.shards[index] = { ...this.shards[index]!, closed: { atMs: this.#nowMs, lastNumber: this.#last } };
  }

  #open(start: bigint, end: bigint, parent: ShardRecord, adjacent?: ShardRecord): void {
    this.shards.push({
      index: this.shards.length,
      startingHashKey: start.toString(),
      endingHashKey: end.toString(),
      parent: parent.index,
      ...(adjacent !== undefined && { adjacentParent: adjacent.index }),
      createdMs: this.#nowMs,
      createdAfter: this.#last,
    });
  }
}
