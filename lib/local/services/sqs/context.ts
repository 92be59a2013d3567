import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { Arrivals } from "../../kit/arrivals.ts";
import { MessageStore } from "./message-store.ts";
import type { MoveTaskRecord, QueueRecord } from "./records.ts";

/** What the operations share. */
export interface Sqs {
  readonly cloud: Cloud;
  /** By `<region>/<name>`. */
  readonly queues: Collection<QueueRecord>;
  readonly moveTasks: Collection<MoveTaskRecord>;
  readonly messages: MessageStore;
  readonly arrivals: Arrivals;
  /** Aborted when the service stops. */
  readonly stopping: AbortController;
}

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"sqs">> = InputOf<"sqs", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"sqs">> = OutputOf<"sqs", K>;

/** Opens what the service keeps. */
export function openSqs(cloud: Cloud): Sqs {
  return {
    cloud,
    queues: cloud.store.collection("sqs.queues"),
    moveTasks: cloud.store.collection("sqs.move-tasks"),
    messages: new MessageStore(cloud.store, cloud.onQueued),
    arrivals: new Arrivals(),
    stopping: new AbortController(),
  };
}
