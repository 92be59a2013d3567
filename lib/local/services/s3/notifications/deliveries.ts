import { errorText } from "../../../kit/error-text.ts";
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { isAwsError } from "../../../aws-error.ts";
import { Outbox, type Outcome } from "../../../state/outbox.ts";
import type { Cloud } from "../../../service.ts";
import { findDestinationProblem, findQueueUrl, type Destination } from "./destinations.ts";
import type { S3 } from "../context.ts";

/** A notification on its way. */
export type Delivery =
  | { readonly bucket: string; readonly destination: Destination; readonly event: object }
  | {
      readonly bucket: string;
      readonly destination: "events";
      readonly region: string;
      readonly entry: PutEventsRequestEntry;
    };

const FIRST_RETRY_MS = 1000;
const MOST_ATTEMPTS = 6;
const SUBJECT = "Amazon S3 Notification";

/** Opens what keeps notifications until they have arrived. */
export function openDeliveries(cloud: Cloud, s3: () => S3): Outbox<Delivery> {
  return new Outbox<Delivery>(cloud, {
    collection: "s3.deliveries",
    laneOf: ({ destination }) => ({ name: destination === "events" ? destination : destination.arn, isOrdered: true }),
    attempt: (delivery, attempts) => attemptDelivery(s3(), delivery, attempts),
    log: (line) => cloud.log(line),
  });
}

/** A destination that is gone, or refuses, is passed over: S3 drops the notification, and so do we. */
async function attemptDelivery(s3: S3, delivery: Delivery, attempts: number): Promise<Outcome> {
  try {
    if (delivery.destination === "events") await tellBus(s3, delivery.region, delivery.entry);
    else await tell(s3, delivery.bucket, delivery.destination, delivery.event);
    return undefined;
  } catch (error) {
    const isFinal = isAwsError(error) && ((error.statusCode ?? 400) < 500 || error.code === "NotImplemented");
    if (!isFinal && attempts + 1 < MOST_ATTEMPTS) return { retryAfterMs: FIRST_RETRY_MS * 2 ** attempts };
    drop(s3, delivery, errorText(error));
    return undefined;
  }
}

async function tellBus(s3: S3, region: string, entry: PutEventsRequestEntry): Promise<void> {
  await s3.cloud.call("eventbridge", "PutEvents", { Entries: [entry] }, { region });
}

async function tell(s3: S3, bucket: string, destination: Destination, event: object): Promise<void> {
  const { kind, arn } = destination;
  const problem = await findDestinationProblem(s3, bucket, destination);
  if (problem !== undefined) return drop(s3, { bucket, destination, event }, problem);
  const [, , , region = ""] = arn.split(":");
  const text = JSON.stringify(event);
  if (kind === "Queue") {
    const QueueUrl = await findQueueUrl(s3, arn);
    await s3.cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: text }, { region });
  } else if (kind === "Topic") {
    await s3.cloud.call("sns", "Publish", { TopicArn: arn, Subject: SUBJECT, Message: text }, { region });
  } else {
    const input = { FunctionName: arn, InvocationType: "Event" as const, Payload: Buffer.from(text) };
    await s3.cloud.call("lambda", "Invoke", input, { region });
  }
}

function drop(s3: S3, { bucket, destination }: Delivery, why: string): void {
  const name = destination === "events" ? "the event bus" : destination.arn;
  s3.cloud.log(`s3: ${name} took no notification of ${bucket}: ${why}`);
}
