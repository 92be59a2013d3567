import type { ConsumerStatus, EncryptionType, MetricsName, StreamMode } from "@aws-sdk/client-kinesis";

/** A shard: a range of hash keys, from when it was opened until it was split or merged. */
export interface ShardRecord {
  /** From 0 on, in the order in which the stream's shards were opened. */
  readonly index: number;
  /** Decimal digits, both inclusive. */
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  readonly parent?: number;
  readonly adjacentParent?: number;
  readonly createdMs: number;
  /** The number of the cloud's latest record when it was opened: its own have higher ones. */
  readonly createdAfter: number;
  readonly closed?: { readonly atMs: number; readonly lastNumber: number };
}

/** A stream with all that was set. */
export interface StreamRecord {
  /** Distinguishes a stream from an earlier one of the same name. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly createdMs: number;
  readonly mode: StreamMode;
  readonly shards: readonly ShardRecord[];
  readonly retentionHours: number;
  readonly encryption: EncryptionType;
  readonly keyId?: string;
  readonly monitoring: readonly MetricsName[];
  readonly tags: Readonly<Record<string, string>>;
  readonly maxRecordKiB: number;
  readonly policy?: string;
  /** What keeps it from being ACTIVE, until a moment of the cloud's time. */
  readonly busy?: { readonly status: "CREATING" | "UPDATING"; readonly untilMs: number };
}

/** A consumer with a throughput of its own. */
export interface ConsumerRecord {
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string;
  readonly createdMs: number;
  readonly activeMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** A record as it is kept. */
export interface DataRecord {
  /** Rises with every record of the cloud. */
  readonly number: number;
  readonly arrivedMs: number;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly encryption: EncryptionType;
}

/** A shard's id: `shardId-` and its number with 12 digits. */
export function shardIdOf({ index }: Pick<ShardRecord, "index">): string {
  return `shardId-${String(index).padStart(12, "0")}`;
}

/** A stream's status at a time: what is under way ends by the clock. */
export function statusOf({ busy }: StreamRecord, nowMs: number): "ACTIVE" | "CREATING" | "UPDATING" {
  return busy !== undefined && nowMs < busy.untilMs ? busy.status : "ACTIVE";
}

/** A consumer's status at a time: it is `CREATING` until it becomes active. */
export function consumerStatusOf({ activeMs }: ConsumerRecord, nowMs: number): ConsumerStatus {
  return nowMs < activeMs ? "CREATING" : "ACTIVE";
}
