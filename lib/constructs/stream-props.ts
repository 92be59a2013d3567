import type { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { StreamEncryption, StreamMode, StreamProps as CdkStreamProps } from "aws-cdk-lib/aws-kinesis";
import type { SharedProps } from "./known-props.ts";

/** Props that `Stream` of aws-cdk-lib has, with the same meaning. */
export const STREAM_PROPS = [
  "encryption",
  "encryptionKey",
  "removalPolicy",
  "retentionPeriod",
  "shardCount",
  "shardLevelMetrics",
  "streamMode",
  "streamName",
] as const satisfies readonly (keyof CdkStreamProps)[];

/** Properties of a stream. What is not described here is as in aws-cdk-lib's `Stream`. */
export interface StreamProps extends SharedProps<CdkStreamProps, typeof STREAM_PROPS> {
  /**
   * Number of shards, 1 to 10,000. Each takes 1,000 records or 1 MiB per second.
   * @default - on-demand capacity
   */
  readonly shardCount?: number;
  /**
   * Whether AWS or `shardCount` decides over the capacity.
   * @default - StreamMode.PROVISIONED with `shardCount`, StreamMode.ON_DEMAND without
   */
  readonly streamMode?: StreamMode;
  /**
   * How long records are kept. Whole hours from 1 day to 365 days.
   * @default Duration.days(1)
   */
  readonly retentionPeriod?: Duration;
  /**
   * How records are encrypted.
   * @default - StreamEncryption.KMS with `encryptionKey`; else StreamEncryption.MANAGED: Kinesis's own key, free of charge
   */
  readonly encryption?: StreamEncryption;
  /**
   * What happens to the stream when it is removed from the stack.
   * @default - retained in a protected stage and where the stage is not known, destroyed otherwise
   */
  readonly removalPolicy?: RemovalPolicy;
}
