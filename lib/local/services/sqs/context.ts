import type { Cloud, OperationsOf } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { Arrivals } from "./arrivals.ts";
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
}

export type Input<K extends keyof OperationsOf<"sqs">> = OperationsOf<"sqs">[K] extends { input: infer I } ? I : never;
export type Output<K extends keyof OperationsOf<"sqs">> = OperationsOf<"sqs">[K] extends { output: infer O }
  ? O
  : never;

/** What an operation without an answer answers. */
export type Nothing = Record<string, never>;

/** Opens what the service keeps. */
export function openSqs(cloud: Cloud): Sqs {
  return {
    cloud,
    queues: cloud.store.collection("sqs.queues"),
    moveTasks: cloud.store.collection("sqs.move-tasks"),
    messages: new MessageStore(cloud.store),
    arrivals: new Arrivals(),
  };
}
