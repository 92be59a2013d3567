import type { Cloud } from "../service.ts";
import { Outbox, type Lane } from "../state/outbox.ts";
import { type DeliveryFailure, toFailure } from "./failure.ts";
import type { ExhaustedLimit, Retry } from "./retry.ts";

/** What a service delivers and how. `attempts` counts the attempts before the present one. */
export interface DeliveryPlan<T> {
  /** The collection that keeps the items, for example `s3.deliveries`. */
  readonly collection: string;
  laneOf(item: T): Lane;
  /** One attempt. Throws where the target does not take the item. */
  send(item: T, attempts: number): Promise<void> | void;
  /** When to try again after a failure. */
  retry(item: T, failure: DeliveryFailure, attempts: number): Retry;
  /** Called once for an item that is not tried again. `exhausted` is undefined where the failure was final. */
  giveUp(
    item: T,
    failure: DeliveryFailure,
    attempts: number,
    exhausted: ExhaustedLimit | undefined,
  ): Promise<void> | void;
}

/** Opens what keeps a service's deliveries in the store until each has arrived or is discarded. */
export function openDeliveries<T>(cloud: Cloud, plan: DeliveryPlan<T>): Outbox<T> {
  return new Outbox<T>(cloud, {
    collection: plan.collection,
    laneOf: (item) => plan.laneOf(item),
    async attempt(item, attempts) {
      try {
        await plan.send(item, attempts);
      } catch (error) {
        const failure = toFailure(error);
        const retry = plan.retry(item, failure, attempts);
        if ("retryAfterMs" in retry) return retry;
        await plan.giveUp(item, failure, attempts, retry.exhausted);
      }
      return undefined;
    },
    log: (line) => cloud.log(line),
  });
}
