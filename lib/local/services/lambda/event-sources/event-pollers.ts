import { isQueueArn } from "./event-sources.ts";
import type { Lambda } from "../context.ts";
import { QueuePoller } from "./queue-poller.ts";
import { StreamPoller } from "./stream-poller.ts";

/** One poller for each mapping that is enabled. */
export class EventPollers {
  readonly #lambda: Lambda;
  readonly #pollers = new Map<string, StreamPoller | QueuePoller>();

  constructor(lambda: Lambda) {
    this.#lambda = lambda;
  }

  /** Resumes every mapping, after a start. */
  resume(): void {
    for (const [uuid] of this.#lambda.state.mappings.list()) this.follow(uuid);
  }

  /** Starts or stops polling, as the mapping says now. Settings are read again for each batch. */
  follow(uuid: string): void {
    const mapping = this.#lambda.state.mappings.get(uuid);
    const poller = this.#pollers.get(uuid);
    if (mapping?.state !== "Enabled") return this.#stop(uuid);
    if (poller !== undefined) return;
    const Poller = isQueueArn(mapping.source) ? QueuePoller : StreamPoller;
    const started = new Poller(this.#lambda, uuid);
    this.#pollers.set(uuid, started);
    started.start();
  }

  /** Ends polling and removes its progress. */
  forget(uuid: string): void {
    this.#stop(uuid);
    for (const [key] of this.#lambda.state.positions.list(`${uuid}/`)) this.#lambda.state.positions.delete(key);
  }

  stop(): void {
    for (const uuid of this.#pollers.keys()) this.#stop(uuid);
  }

  #stop(uuid: string): void {
    this.#pollers.get(uuid)?.stop();
    this.#pollers.delete(uuid);
  }
}
