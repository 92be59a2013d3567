import type { Checked } from "../../../kit/checked.ts";
import { queueUrlOf } from "../../../delivery/to-queue.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "@aws-sdk/client-sqs";
import { isAwsError } from "../../../aws-error.ts";
import type { Lambda } from "../context.ts";
import { inRole, noteResult } from "./mapping-role.ts";
import { QueueBatch } from "./queue-batch.ts";
import type { MappingRecord } from "../records.ts";

/**
 * How many batches are with the function at once, unless the mapping says fewer: a laptop has less capacity than a
 * region.
 */
const MOST_AT_ONCE = 10;
const POLL_SECONDS = 20;
const LARGEST_RECEIVE = 10;
const AFTER_FAILURE_MS = 250;

/** Reads a queue and hands its messages to the mapping's function, as many batches at a time as it may. */
export class QueuePoller {
  readonly #lambda: Lambda;
  readonly #uuid: string;
  readonly #ending = new AbortController();
  #running = 0;
  #freed: (() => void) | undefined;

  constructor(lambda: Lambda, uuid: string) {
    this.#lambda = lambda;
    this.#uuid = uuid;
  }

  start(): void {
    this.#run().catch((error: unknown) => {
      if (!this.#ending.signal.aborted) this.#lambda.cloud.log(`lambda: event source ${this.#uuid}: ${String(error)}`);
    });
  }

  stop(): void {
    this.#ending.abort();
    this.#freed?.();
  }

  get #mapping(): MappingRecord | undefined {
    return this.#ending.signal.aborted ? undefined : this.#lambda.state.mappings.get(this.#uuid);
  }

  async #run(): Promise<void> {
    for (let mapping = this.#mapping; mapping !== undefined; mapping = this.#mapping) {
      const most = Math.min(MOST_AT_ONCE, mapping.settings.ScalingConfig?.MaximumConcurrency ?? MOST_AT_ONCE);
      if (this.#running >= most) {
        await new Promise<void>((resolve) => (this.#freed = resolve));
        continue;
      }
      const work = new AbortController();
      const messages = await this.#collect(mapping, work.signal);
      if (messages.length > 0) this.#hand(mapping, messages, work);
    }
  }

  /** One batch: until it is full, or its window is over. */
  async #collect(mapping: MappingRecord, work: AbortSignal): Promise<Checked<Message>[]> {
    const { BatchSize = 10, MaximumBatchingWindowInSeconds: windowSeconds = 0 } = mapping.settings;
    const messages = await this.#receive(mapping, work, BatchSize, POLL_SECONDS);
    const endMs = this.#lambda.cloud.clock.now() + windowSeconds * 1000;
    if (windowSeconds === 0 || messages.length === 0) return messages;
    while (messages.length < BatchSize && this.#mapping !== undefined) {
      const leftSeconds = Math.floor((endMs - this.#lambda.cloud.clock.now()) / 1000);
      if (leftSeconds <= 0) break;
      messages.push(
        ...(await this.#receive(mapping, work, BatchSize - messages.length, Math.min(POLL_SECONDS, leftSeconds))),
      );
    }
    return messages;
  }

  async #receive(
    mapping: MappingRecord,
    work: AbortSignal,
    count: number,
    WaitTimeSeconds: number,
  ): Promise<Checked<Message>[]> {
    const { cloud } = this.#lambda;
    const { region, source } = mapping;
    try {
      const { Messages = [] } = await cloud.call(
        "sqs",
        "ReceiveMessage",
        {
          QueueUrl: queueUrlOf(cloud.endpoint, source),
          MaxNumberOfMessages: Math.min(LARGEST_RECEIVE, count),
          WaitTimeSeconds,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
        },
        { region, work, ...inRole(this.#lambda, mapping) },
      );
      return Messages;
    } catch (error) {
      if (!isAwsError(error)) throw error;
      noteResult(this.#lambda, this.#uuid, `PROBLEM: ${error.message}`);
      // A queue that is gone may be created again: AWS keeps polling too.
      await sleep(AFTER_FAILURE_MS, undefined, { ref: false, signal: this.#ending.signal }).catch(() => undefined);
      return [];
    }
  }

  #hand(mapping: MappingRecord, messages: readonly Checked<Message>[], work: AbortController): void {
    this.#running++;
    const batch = new QueueBatch(this.#lambda, mapping, messages);
    const done = this.#mapping === undefined ? batch.putBack() : batch.deliver();
    void done
      .catch((error: unknown) => this.#lambda.cloud.log(`lambda: a batch of ${mapping.source}: ${String(error)}`))
      .finally(() => {
        work.abort();
        this.#running--;
        this.#freed?.();
      });
  }
}
