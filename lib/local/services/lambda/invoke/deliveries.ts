import { errorText } from "../../../kit/error-text.ts";
import { isAwsError } from "../../../aws-error.ts";
import type { ActingFor } from "../../../policy/caller.ts";
import { Outbox } from "../../../state/outbox.ts";
import type { Lambda } from "../context.ts";
import { readFunctionRef } from "../functions/names.ts";
import { queueUrlOf } from "../event-sources/queue-poller.ts";

/** Something that is told of an event that has reached its end: a destination, or a dead-letter target. */
export interface Delivery {
  /** The target's ARN: a queue, a topic, an event bus, a function or a bucket. */
  readonly target: string;
  readonly region: string;
  /** JSON text. */
  readonly body: string;
  /** Message attributes of queues and topics. */
  readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
  /** What an event bus is told it is, and of which function. */
  readonly detailType: string;
  readonly functionArn: string;
  /** Buckets: under which key the body is kept. */
  readonly objectKey?: string;
}

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1_000;

/** Opens what is still to be told: rows of the store, so that a kill loses none of it. */
export function openDeliveries(lambda: Lambda): Outbox<Delivery> {
  return new Outbox<Delivery>(lambda.cloud, {
    collection: "lambda.deliveries",
    laneOf: ({ target }) => ({ name: target }),
    async attempt(delivery, attempts) {
      try {
        await send(lambda, delivery);
        return undefined;
      } catch (error) {
        const words = errorText(error);
        const isLast = attempts + 1 >= ATTEMPTS || !isAwsError(error);
        lambda.cloud.log(
          `lambda: ${delivery.target} could not be told${isLast ? "" : ", it is tried again"}: ${words}`,
        );
        return isLast ? undefined : { retryAfterMs: FIRST_PAUSE_MS * 2 ** attempts };
      }
    },
    log: (line) => lambda.cloud.log(line),
  });
}

/** Results and dead letters are sent in the function's own role; undefined where the function is gone. */
function executionRole(lambda: Lambda, arn: string): ActingFor | undefined {
  const [, , , region = "", account = "", , name = "", qualifier] = arn.split(":");
  try {
    const { settings } = lambda.state.version({ region, account, name, qualifier });
    return { roleArn: settings.Role ?? "", sessionName: name, service: "lambda.amazonaws.com" };
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

async function send(lambda: Lambda, delivery: Delivery): Promise<void> {
  const { cloud } = lambda;
  const { target, body, attributes, detailType, functionArn } = delivery;
  const [, , service, region = delivery.region, account] = target.split(":");
  const as = executionRole(lambda, functionArn);
  const at = { region: region === "" ? delivery.region : region, ...(as !== undefined && { as }) };
  switch (service) {
    case "sqs": {
      const QueueUrl = queueUrlOf(cloud.endpoint, target);
      await cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: body, MessageAttributes: { ...attributes } }, at);
      return;
    }
    case "sns":
      await cloud.call("sns", "Publish", { TopicArn: target, Message: body, MessageAttributes: { ...attributes } }, at);
      return;
    case "events": {
      const entry = {
        EventBusName: target,
        Source: "lambda",
        DetailType: detailType,
        Resources: [functionArn],
        Detail: body,
      };
      await cloud.call("eventbridge", "PutEvents", { Entries: [entry] }, at);
      return;
    }
    case "lambda": {
      const requestId = crypto.randomUUID();
      const ref = readFunctionRef(target, undefined, { ...at, account: account ?? cloud.account, requestId });
      lambda.queue.add({ ref, payload: Buffer.from(body), requestId, traceId: undefined });
      return;
    }
    case "s3": {
      const [, , , , , Bucket] = target.split(":");
      const object = { Bucket, Key: delivery.objectKey, Body: body, ContentType: "application/json" };
      await cloud.call("s3", "PutObject", object, at);
      return;
    }
    default:
      throw new Error(`the local cloud does not carry ${service} as a destination`);
  }
}
