import type { Aws } from "../../aws/aws.ts";
import type { ReleaseClock } from "../ports/ports.ts";

/** No sleep is longer than this of the machine's time: the endpoint's clock may have been moved meanwhile. */
const LONGEST_NAP_MS = 3_000;
const SHORTEST_NAP_MS = 20;

/** The endpoint's time, as its answers tell it. */
export class EndpointClock implements ReleaseClock {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  now(): number {
    return this.#aws.clock.now();
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    const hostMs = durationMs / this.#aws.clock.rate;
    const napMs = Math.min(LONGEST_NAP_MS, Math.max(SHORTEST_NAP_MS, hostMs));
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, napMs);
      if (signal?.aborted === true) finish();
      else signal?.addEventListener("abort", finish, { once: true });
    });
  }
}
