import { invalidArgument } from "./errors.ts";
import { shardIdOf, type ShardRecord, type StreamRecord } from "./records.ts";

/**
 * A sequence number: 56 decimal digits as AWS's are. Its bits hold when the shard was opened (36, in seconds), the
 * record's number (64), when it arrived (36) and the shard's index (32), between fixed ones.
 */
export function formatSequence(shard: ShardRecord, number: number, atMs: number): string {
  const created = hex(shard.createdMs / 1000, 9);
  return BigInt(`0x2${created}0${hex(number, 16)}00${hex(atMs / 1000, 9)}${hex(shard.index, 8)}2`).toString();
}

/** The record's number in a sequence number of this shard. Refuses what is none. */
export function parseSequence(stream: StreamRecord, shard: ShardRecord, text: string, asked: string): number {
  const digits = /^(0|[1-9]\d{0,128})$/.test(text) ? BigInt(text).toString(16) : "";
  const parts = /^2([0-9a-f]{9})0([0-9a-f]{16})00[0-9a-f]{9}([0-9a-f]{8})2$/.exec(digits);
  if (parts === null)
    throw invalidArgument(
      `StartingSequenceNumber ${text} used in ${asked} on shard ${shardIdOf(shard)} in stream ${stream.name} under ` +
        `account ${stream.account} is invalid.`,
    );
  const [, created, number, index] = parts.map((part) => Number.parseInt(part, 16));
  if (index !== shard.index)
    throw invalidArgument(
      `Invalid StartingSequenceNumber. It encodes ${shardIdOf({ index: index! })}, while it was used in a call to a ` +
        `shard with ${shardIdOf(shard)}`,
    );
  if (created !== Math.floor(shard.createdMs / 1000))
    throw invalidArgument(
      `StartingSequenceNumber ${text} used in ${asked} on shard ${shardIdOf(shard)} in stream ${stream.name} under ` +
        `account ${stream.account} is invalid because it did not come from this stream.`,
    );
  return number!;
}

function hex(value: number, digits: number): string {
  return Math.floor(value).toString(16).padStart(digits, "0");
}
