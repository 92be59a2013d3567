import type { Duration } from "aws-cdk-lib";
import {
  Stream as CdkStream,
  type StreamProps as CdkStreamProps,
  StreamEncryption,
  StreamMode,
} from "aws-cdk-lib/aws-kinesis";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { KinesisEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import type { Function } from "./function.ts";
import { addProblems } from "./problems.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";
import { type StreamConsumeOptions, StreamConsumers, type StreamFailures } from "./stream-consumer.ts";
import { streamProblems } from "./stream-rules.ts";

/** Properties of a stream. */
export interface StreamProps {
  /**
   * How many shards take records, each 1,000 or 1 MiB a second; `"on-demand"` leaves it to AWS.
   * @default "on-demand"
   */
  readonly shards?: number | "on-demand";
  /**
   * How long records are kept. Whole hours from 1 day to 365 days.
   * @default Duration.days(1)
   */
  readonly retention?: Duration;
  /**
   * The key that records are encrypted with: Kinesis's own, which costs nothing, yours, or none.
   * @default "managed"
   */
  readonly encryption?: "managed" | IKey | false;
  /** @default - a name of CloudFormation's */
  readonly streamName?: string;
}

/** A Kinesis data stream, encrypted. */
export class Stream extends CdkStream {
  readonly #consumers: StreamConsumers;

  constructor(scope: Construct, id: string, props: StreamProps = {}) {
    const problems = streamProblems(props);
    super(scope, id, cdkProps(scope, problems.length > 0 ? {} : props));
    addProblems(this, problems);
    this.#consumers = new StreamConsumers(this);
  }

  /** Lets a function read the stream, through its alias: shard by shard, each in order. */
  consume(fn: Function, options: StreamConsumeOptions = {}): this {
    const props = this.#consumers.add(fn, options);
    if (props !== undefined) fn.addEventSource(new KinesisEventSource(this, props));
    return this;
  }

  /** Who is told of records that were given up for a function that reads the stream. */
  failuresOf(fn: Function): StreamFailures | undefined {
    return this.#consumers.failuresOf(fn);
  }
}

function cdkProps(scope: Construct, props: StreamProps): CdkStreamProps {
  const { shards = "on-demand", encryption = "managed" } = props;
  return {
    streamName: props.streamName,
    retentionPeriod: props.retention,
    removalPolicy: dataRemovalPolicy(scope),
    ...(shards === "on-demand"
      ? { streamMode: StreamMode.ON_DEMAND }
      : { streamMode: StreamMode.PROVISIONED, shardCount: shards }),
    ...(typeof encryption === "object"
      ? { encryption: StreamEncryption.KMS, encryptionKey: encryption }
      : { encryption: encryption === false ? StreamEncryption.UNENCRYPTED : StreamEncryption.MANAGED }),
  };
}
