import { isAwsError } from "../../../aws-error.ts";
import { type Authority, inRole, trusted } from "../../../delivery/authority.ts";
import { callOf, deliver } from "../../../delivery/deliver.ts";
import { openDeliveries } from "../../../delivery/open-deliveries.ts";
import { planRetry } from "../../../delivery/retry.ts";
import { notCarried } from "../../../kit/not-carried.ts";
import type { Outbox } from "../../../state/outbox.ts";
import type { Lambda } from "../context.ts";

/** A record of an event that has reached its end, for a destination or a dead-letter target. */
export interface Delivery {
  /** The target's ARN: a queue, a topic, an event bus, a function or a bucket. */
  readonly target: string;
  readonly region: string;
  /** JSON text. */
  readonly body: string;
  /** Message attributes of queues and topics. */
  readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
  /** The detail type and the function of an event for a bus. */
  readonly detailType: string;
  readonly functionArn: string;
  /** Buckets: under which key the body is kept. */
  readonly objectKey?: string;
}

const MAX_RETRIES = 4;

/** Opens what is still to be delivered: rows of the store, so that a kill loses none of it. */
export function openResultDeliveries(lambda: Lambda): Outbox<Delivery> {
  const { cloud } = lambda;
  return openDeliveries<Delivery>(cloud, {
    collection: "lambda.deliveries",
    laneOf: ({ target }) => ({ name: target }),
    send: (delivery) => send(lambda, delivery),
    retry(delivery, failure, attempts) {
      const retry = planRetry(failure, attempts, { maxRetries: MAX_RETRIES });
      const isRetried = "retryAfterMs" in retry;
      cloud.log(
        `lambda: ${delivery.target} could not be notified${isRetried ? ", it is retried" : ""}: ${failure.message}`,
      );
      return retry;
    },
    // The log has it.
    giveUp: () => undefined,
  });
}

async function send(lambda: Lambda, delivery: Delivery): Promise<void> {
  const { target, region, body, attributes, detailType, functionArn, objectKey: key = "" } = delivery;
  const call = callOf(lambda.cloud, target, {
    queue: () => ({ body, ...(attributes !== undefined && { attributes }) }),
    topic: () => ({ message: body, ...(attributes !== undefined && { attributes }) }),
    bus: () => ({ Source: "lambda", DetailType: detailType, Resources: [functionArn], Detail: body }),
    function: () => ({ payload: body }),
    bucket: () => ({ key, body, region }),
  });
  if (call === undefined) throw notCarried(`${target} as a destination`);
  await deliver(call, executionRole(lambda, functionArn));
}

/** Results and dead letters are sent in the function's own role. */
function executionRole(lambda: Lambda, arn: string): Authority {
  const [, , , region = "", account = "", , name = "", qualifier] = arn.split(":");
  try {
    const { settings } = lambda.state.version({ region, account, name, qualifier });
    return inRole({ roleArn: settings.Role ?? "", sessionName: name, service: "lambda.amazonaws.com" });
  } catch (error) {
    // The function is gone, and its role with it.
    if (isAwsError(error)) return trusted;
    throw error;
  }
}
