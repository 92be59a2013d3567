import type { InvocationResult } from "../../runtime/function-spec.ts";
import type { Lambda } from "./lambda-context.ts";
import { functionArn, readFunctionRef, type FunctionRef } from "./names.ts";

/** An asynchronous event that has reached its end. */
export interface FinishedEvent {
  readonly ref: FunctionRef;
  readonly payload: Uint8Array;
  readonly requestId: string;
  readonly attempts: number;
}

type Condition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

/** Tells the destination that is configured for how the event ended. */
export async function deliverResult(
  lambda: Lambda,
  event: FinishedEvent,
  outcome: { executedVersion: string; result: InvocationResult },
): Promise<void> {
  const { errorType, payload } = outcome.result;
  const condition = errorType === undefined ? "Success" : "RetriesExhausted";
  await deliver(lambda, event, condition, {
    responseContext: {
      statusCode: 200,
      executedVersion: outcome.executedVersion,
      ...(errorType !== undefined && { functionError: "Unhandled" }),
    },
    responsePayload: parse(payload),
  });
}

/** Tells that an event became too old before it could run. */
export async function deliverDeadEvent(
  lambda: Lambda,
  event: FinishedEvent,
  condition: "EventAgeExceeded",
): Promise<void> {
  await deliver(lambda, event, condition, {});
}

async function deliver(lambda: Lambda, event: FinishedEvent, condition: Condition, response: object): Promise<void> {
  const targets = lambda.state.eventInvokeOf(event.ref)?.DestinationConfig;
  const destination = condition === "Success" ? targets?.OnSuccess?.Destination : targets?.OnFailure?.Destination;
  if (destination === undefined || destination === "") return;
  const message = {
    version: "1.0",
    timestamp: new Date(lambda.cloud.clock.now()).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: functionArn(event.ref, event.ref.qualifier ?? "$LATEST"),
      condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: parse(event.payload),
    ...response,
  };
  await send(lambda, destination, message, event).catch((error: unknown) =>
    lambda.cloud.log(
      `lambda: ${destination} could not be told: ${error instanceof Error ? error.message : String(error)}`,
    ),
  );
}

/** Functions are the destinations that can be reached so far; SQS, SNS, EventBridge and S3 follow with their services. */
async function send(
  lambda: Lambda,
  destination: string,
  message: object,
  { ref, requestId }: FinishedEvent,
): Promise<void> {
  const [, , service, region = ref.region] = destination.split(":");
  if (service !== "lambda") throw new Error(`the local cloud does not carry ${service} as a destination`);
  const target = readFunctionRef(destination, undefined, { region, account: ref.account, requestId });
  const payload = Buffer.from(JSON.stringify(message));
  lambda.queue.add({ ref: target, payload, requestId: crypto.randomUUID(), traceId: undefined });
}

function parse(payload: Uint8Array): unknown {
  const text = Buffer.from(payload).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
