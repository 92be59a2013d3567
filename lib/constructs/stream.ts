import {
  Stream as CdkStream,
  type StreamProps as CdkStreamProps,
  StreamEncryption,
  StreamMode,
} from "aws-cdk-lib/aws-kinesis";
import { KinesisEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Function } from "./function.ts";
import { givenProps } from "./given-props.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { addProblems } from "./problems.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";
import type { StreamConsumeOptions } from "./stream-consume-options.ts";
import { StreamConsumers } from "./stream-consumer.ts";
import { STREAM_PROPS, type StreamProps } from "./stream-props.ts";
import { streamProblems } from "./stream-rules.ts";

/** A Kinesis data stream, encrypted. */
export class Stream extends CdkStream {
  readonly #consumers: StreamConsumers;

  constructor(scope: Construct, id: string, props: StreamProps = {}) {
    const problems = streamProblems(givenProps(scope, id, props));
    super(scope, id, cdkProps(scope, problems.length > 0 ? {} : props));
    refuseUnknownProps(this, props, STREAM_PROPS);
    addProblems(this, problems);
    this.#consumers = new StreamConsumers(this, "stream");
  }

  /** Lets a function consume the stream through its alias: shard by shard, each in order. */
  consume(fn: Function, options: StreamConsumeOptions = {}): this {
    const props = this.#consumers.add(fn, options);
    if (props !== undefined) fn.addEventSource(new KinesisEventSource(this, props));
    return this;
  }

  /** The queue that receives a consumer's discarded batches; undefined where something else or nothing does. */
  deadLetterQueueOf(fn: Function): IQueue | undefined {
    return this.#consumers.deadLetterQueueOf(fn);
  }
}

function cdkProps(scope: Construct, props: StreamProps): CdkStreamProps {
  return {
    removalPolicy: dataRemovalPolicy(scope),
    streamMode: props.shardCount === undefined ? StreamMode.ON_DEMAND : StreamMode.PROVISIONED,
    encryption: props.encryptionKey === undefined ? StreamEncryption.MANAGED : StreamEncryption.KMS,
    ...pickProps(props, STREAM_PROPS),
  };
}
