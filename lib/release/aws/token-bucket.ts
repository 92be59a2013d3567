import type { Ration } from "../../aws/ration-retries.ts";

/** What a ration is handed out by: calls a second, and how many at once. */
export interface TokenBucketOptions {
  readonly perSecond: number;
  readonly burst: number;
  /** Milliseconds that never run backwards. @default - the machine's monotonic clock */
  readonly now?: () => number;
  readonly sleep?: (durationMs: number) => Promise<void>;
}

/** The ration of an endpoint without a quota: every call may be made at once. */
export const UNRATIONED: Ration = { take: () => Promise.resolve() };

/** Rations calls. Urgent ones (rollbacks) overtake all that wait. */
export class TokenBucket implements Ration {
  readonly #options: Required<TokenBucketOptions>;
  readonly #urgent: (() => void)[] = [];
  readonly #ordinary: (() => void)[] = [];
  #tokens: number;
  #filledAt: number;
  #pumping = false;

  constructor(options: TokenBucketOptions) {
    this.#options = {
      now: () => performance.now(),
      sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
      ...options,
    };
    this.#tokens = options.burst;
    this.#filledAt = this.#options.now();
  }

  /** Resolves when the caller may go ahead. */
  take(urgent = false): Promise<void> {
    return new Promise((resolve) => {
      (urgent ? this.#urgent : this.#ordinary).push(resolve);
      if (!this.#pumping) void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      this.#fill();
      if (this.#tokens < 1) {
        await this.#options.sleep(Math.ceil(((1 - this.#tokens) * 1000) / this.#options.perSecond));
        continue;
      }
      this.#tokens -= 1;
      next.shift()!();
    }
    this.#pumping = false;
  }

  #peek(): (() => void)[] | undefined {
    return [this.#urgent, this.#ordinary].find((lane) => lane.length > 0);
  }

  #fill(): void {
    const now = this.#options.now();
    const earned = ((now - this.#filledAt) * this.#options.perSecond) / 1000;
    this.#tokens = Math.min(this.#options.burst, this.#tokens + earned);
    this.#filledAt = now;
  }
}
