import type { Checked } from "../../kit/checked.ts";
import { createHash } from "node:crypto";
import type { HashKeyRange } from "@aws-sdk/client-kinesis";
import { invalidArgument } from "./errors.ts";
import type { ShardRecord } from "./records.ts";

/** How many hash keys there are. */
export const HASH_KEYS = 2n ** 128n;

/** Where a record goes: by its own hash key, or by the MD5 of its partition key. */
export function hashKeyOf(partitionKey: string, explicit: string | undefined): bigint {
  if (explicit === undefined) return BigInt(`0x${createHash("md5").update(partitionKey).digest("hex")}`);
  const key = BigInt(explicit);
  if (key < HASH_KEYS) return key;
  throw invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${explicit}`,
  );
}

/** The open shard that takes a hash key. */
export function shardFor(shards: readonly ShardRecord[], key: bigint): ShardRecord {
  return shards.find(
    (shard) => shard.closed === undefined && BigInt(shard.startingHashKey) <= key && key <= BigInt(shard.endingHashKey),
  )!;
}

/** As many ranges of one size, without a gap; the last takes what is left over. */
export function evenRanges(count: number): { readonly start: bigint; readonly end: bigint }[] {
  const size = HASH_KEYS / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    start: size * BigInt(index),
    end: index === count - 1 ? HASH_KEYS - 1n : size * BigInt(index + 1) - 1n,
  }));
}

/** The shard's range of hash keys, both ends included, as decimal numbers of 128 bits. */
export function rangeOf({ startingHashKey, endingHashKey }: ShardRecord): Checked<HashKeyRange> {
  return { StartingHashKey: startingHashKey, EndingHashKey: endingHashKey };
}
