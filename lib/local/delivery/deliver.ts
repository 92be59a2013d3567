import type { Cloud } from "../service.ts";
import type { Authority } from "./authority.ts";
import type { TargetCall } from "./target-call.ts";
import { targetKind, type TargetKind } from "./target-kind.ts";
import { toBucket, type BucketMessage } from "./to-bucket.ts";
import { toBus, type BusMessage } from "./to-bus.ts";
import { toFunction, type FunctionMessage } from "./to-function.ts";
import { toLogs, type LogMessage } from "./to-logs.ts";
import { toQueue, type QueueMessage } from "./to-queue.ts";
import { toStream, type StreamMessage } from "./to-stream.ts";
import { toTopic, type TopicMessage } from "./to-topic.ts";
import { toWorkflow, type WorkflowMessage } from "./to-workflow.ts";

/** What a target of each kind receives. */
interface Messages {
  readonly function: FunctionMessage;
  readonly queue: QueueMessage;
  readonly topic: TopicMessage;
  readonly bus: BusMessage;
  readonly bucket: BucketMessage;
  readonly stream: StreamMessage;
  readonly logs: LogMessage;
  readonly workflow: WorkflowMessage;
}

/** What a service sends, by the kinds of targets that it reaches. Only the one that is needed is built. */
export type Contents = { readonly [K in TargetKind]?: () => Messages[K] };

const SENDERS: { readonly [K in TargetKind]: (cloud: Cloud, arn: string, message: Messages[K]) => TargetCall } = {
  function: toFunction,
  queue: toQueue,
  topic: toTopic,
  bus: toBus,
  bucket: toBucket,
  stream: toStream,
  logs: toLogs,
  workflow: toWorkflow,
};

/** The call that a delivery comes to, by the kind of its target; undefined where the service does not reach that kind. */
export function callOf(cloud: Cloud, arn: string, contents: Contents): TargetCall | undefined {
  const kind = targetKind(arn);
  return kind === undefined ? undefined : build(cloud, kind, arn, contents);
}

function build<K extends TargetKind>(cloud: Cloud, kind: K, arn: string, contents: Contents): TargetCall | undefined {
  const content: (() => Messages[K]) | undefined = contents[kind];
  return content === undefined ? undefined : SENDERS[kind](cloud, arn, content());
}

/** Makes a call where it is allowed. Throws the authority's refusal, or that of the target. */
export async function deliver(call: TargetCall, authority: Authority): Promise<void> {
  await call.send(await authority(call));
}
