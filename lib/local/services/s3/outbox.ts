import type { Cloud } from "../../service.ts";
import type { Collection } from "../../store.ts";

/** An event on its way to a function. */
export interface Outgoing {
  readonly arn: string;
  readonly event: object;
}

/**
 * Events that are promised but not yet handed to Lambda. They are kept in the store: what was acknowledged is still
 * delivered after a crash, perhaps twice, as on AWS.
 */
export class Outbox {
  readonly #cloud: Cloud;
  readonly #waiting: Collection<Outgoing>;
  #next: number;
  #delivering = false;
  #stopped = false;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#waiting = cloud.store.collection("s3.outbox");
    this.#next = Number(this.#waiting.list().at(-1)?.[0] ?? 0) + 1;
  }

  /** Called inside the transaction of the event. */
  add(outgoing: Outgoing): void {
    this.#waiting.put(String(this.#next++).padStart(16, "0"), outgoing);
    this.deliverSoon();
  }

  /** Delivers, in order, all that waits, once it is on disk. */
  deliverSoon(): void {
    this.#cloud.store.durable().then(
      () => this.#deliver(),
      () => undefined,
    );
  }

  stop(): void {
    this.#stopped = true;
  }

  async #deliver(): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let batch = this.#waiting.list(); batch.length > 0 && !this.#stopped; batch = this.#waiting.list()) {
        for (const [key, outgoing] of batch) {
          if (this.#stopped) return;
          await this.#send(outgoing);
          this.#waiting.delete(key);
        }
      }
    } finally {
      this.#delivering = false;
    }
  }

  /** A function that is gone, or refuses, does not hold up the others: S3 drops the event, and so do we. */
  async #send({ arn, event }: Outgoing): Promise<void> {
    const [, , , region = ""] = arn.split(":");
    const Payload = Buffer.from(JSON.stringify(event));
    await this.#cloud
      .call("lambda", "Invoke", { FunctionName: arn, InvocationType: "Event", Payload }, { region })
      .catch((error: unknown) => this.#cloud.log(`s3: ${arn} took no notification: ${String(error)}`));
  }
}
