import type { Target } from "@aws-sdk/client-eventbridge";
import { Outbox, type Outcome } from "../../../state/outbox.ts";
import { buryDeadLetter } from "./dead-letter.ts";
import type { Events } from "../context.ts";
import { sendToTarget } from "./send-to-target.ts";
import { toTargetFailure, type TargetFailure } from "./target-failure.ts";

/** An event on its way to a target. */
export interface Delivery {
  readonly region: string;
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly target: Target;
  /** The event's JSON. */
  readonly event: string;
  readonly ingestedMs: number;
  readonly hops: number;
}

const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_SECONDS = 24 * 3600;
const FIRST_BACKOFF_MS = 1000;
/** With it, 185 attempts take AWS's twenty-four hours. */
const LONGEST_BACKOFF_MS = 8 * 60_000;

/** Hands events to targets, in the store until each is through, buried or given up. */
export class Deliveries {
  readonly #events: Events;
  readonly #outbox: Outbox<Delivery>;

  constructor(events: Events) {
    this.#events = events;
    this.#outbox = new Outbox<Delivery>(events.cloud, {
      collection: "events.outbox",
      laneOf: ({ target }) => ({ name: target.Arn ?? "" }),
      attempt: (delivery, attempts) => this.#attempt(delivery, attempts),
      log: (line) => events.cloud.log(line),
    });
  }

  /** Call it in the transaction that makes the event true. */
  add(delivery: Delivery): void {
    this.#outbox.add(delivery);
  }

  start(): void {
    this.#outbox.start();
  }

  stop(): void {
    this.#outbox.stop();
  }

  async #attempt(delivery: Delivery, attempts: number): Promise<Outcome> {
    this.#events.metrics.add(delivery.ruleArn, attempts === 0 ? "Invocations" : "RetryInvocationAttempts");
    try {
      await sendToTarget(this.#events, delivery);
      return undefined;
    } catch (error) {
      return this.#afterFailure(delivery, attempts, toTargetFailure(error));
    }
  }

  async #afterFailure(delivery: Delivery, attempts: number, failure: TargetFailure): Promise<Outcome> {
    const { RetryPolicy: policy = {} } = delivery.target;
    const ageMs = (policy.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS) * 1000;
    const leftMs = delivery.ingestedMs + ageMs - this.#events.cloud.clock.now();
    const isSpent = attempts >= (policy.MaximumRetryAttempts ?? DEFAULT_RETRIES);
    if (!failure.isFinal && !isSpent && leftMs > 0) {
      const backoffMs = failure.retryAfterMs ?? Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempts);
      return { retryAfterMs: Math.min(backoffMs, leftMs) };
    }
    this.#events.metrics.add(delivery.ruleArn, "FailedInvocations");
    const condition = failure.isFinal ? undefined : isSpent ? "MaximumRetryAttempts" : "MaximumEventAgeInSeconds";
    await buryDeadLetter(this.#events, delivery, { failure, attempts, condition });
    return undefined;
  }
}
