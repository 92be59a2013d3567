import { trusted } from "../../../delivery/authority.ts";
import { callOf, deliver } from "../../../delivery/deliver.ts";
import { DeliveryFailure } from "../../../delivery/failure.ts";
import { openDeliveries } from "../../../delivery/open-deliveries.ts";
import { planRetry } from "../../../delivery/retry.ts";
import { type BusMessage, defaultBusArn, toBus } from "../../../delivery/to-bus.ts";
import type { Cloud } from "../../../service.ts";
import type { Outbox } from "../../../state/outbox.ts";
import { findDestinationProblem, type Destination } from "./destinations.ts";

/** A notification on its way. */
export type Delivery =
  | { readonly bucket: string; readonly destination: Destination; readonly event: object }
  | { readonly bucket: string; readonly destination: "events"; readonly region: string; readonly entry: BusMessage };

const MAX_RETRIES = 5;

/** Opens what keeps notifications until they have arrived. A destination that is gone, or refuses, gets none. */
export function openNotifications(cloud: Cloud): Outbox<Delivery> {
  return openDeliveries<Delivery>(cloud, {
    collection: "s3.deliveries",
    laneOf: ({ destination }) => ({ name: destination === "events" ? destination : destination.arn, isOrdered: true }),
    send: (delivery) =>
      delivery.destination === "events"
        ? deliver(toBus(cloud, defaultBusArn(cloud, delivery.region), delivery.entry), trusted)
        : notifyDestination(cloud, delivery.bucket, delivery.destination, delivery.event),
    retry: (_delivery, failure, attempts) => planRetry(failure, attempts, { maxRetries: MAX_RETRIES }),
    giveUp({ bucket, destination }, { message }) {
      const name = destination === "events" ? "the event bus" : destination.arn;
      cloud.log(`s3: ${name} took no notification of ${bucket}: ${message}`);
    },
  });
}

async function notifyDestination(cloud: Cloud, bucket: string, destination: Destination, event: object): Promise<void> {
  const problem = await findDestinationProblem(cloud, bucket, destination);
  const text = JSON.stringify(event);
  const call = callOf(cloud, destination.arn, {
    function: () => ({ payload: text }),
    queue: () => ({ body: text }),
    topic: () => ({ message: text, subject: "Amazon S3 Notification" }),
  });
  if (problem !== undefined || call === undefined)
    throw new DeliveryFailure("InvalidArgument", problem ?? `${destination.arn} is not a destination`);
  await deliver(call, trusted);
}
