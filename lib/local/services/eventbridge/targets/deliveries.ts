import type { Delivery } from "../records.ts";
import { openDeliveries } from "../../../delivery/open-deliveries.ts";
import { limitsOf, planRetry } from "../../../delivery/retry.ts";
import type { Cloud } from "../../../service.ts";
import type { Outbox } from "../../../state/outbox.ts";
import { buryDeadLetter } from "./dead-letter.ts";
import type { Events } from "../context.ts";
import { sendToTarget } from "./send-to-target.ts";
import { toTargetFailure } from "./target-failure.ts";

/** Opens what keeps events until each has reached its target. Add to it in the transaction that makes the event true. */
export function openTargetDeliveries(cloud: Cloud, events: () => Events): Outbox<Delivery> {
  return openDeliveries<Delivery>(cloud, {
    collection: "events.outbox",
    laneOf: ({ target }) => ({ name: target.Arn ?? "" }),
    async send(delivery, attempts) {
      events().metrics.add(delivery.ruleArn, attempts === 0 ? "Invocations" : "RetryInvocationAttempts");
      await sendToTarget(events(), delivery).catch((error: unknown) => {
        throw toTargetFailure(error);
      });
    },
    retry: ({ target, ingestedMs }, failure, attempts) =>
      planRetry(failure, attempts, limitsOf(target.RetryPolicy), cloud.clock.now() - ingestedMs),
    async giveUp(delivery, failure, attempts, condition) {
      events().metrics.add(delivery.ruleArn, "FailedInvocations");
      await buryDeadLetter(events(), delivery, { failure, attempts, condition });
    },
  });
}
