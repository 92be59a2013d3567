import type { InvocationResult } from "../../../runtime/function-spec.ts";
import type { Lambda } from "../context.ts";
import { functionArn, type FunctionRef } from "../functions/names.ts";
import { eventRecordKey, isBucketArn } from "../record-keys.ts";

/** An asynchronous event that has reached its end. */
export interface FinishedEvent {
  readonly ref: FunctionRef;
  readonly payload: Uint8Array;
  readonly requestId: string;
  readonly attempts: number;
}

type Condition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

/** How the last attempt ended. */
export interface LastAttempt {
  readonly executedVersion: string;
  readonly result: InvocationResult;
  /** The function's own dead-letter target. */
  readonly deadLetterArn: string | undefined;
}

const LONGEST_WORDS = 1_024;

/** Promises to tell how an event ended to the destination, and to the dead-letter target where it failed. */
export function deliverResult(lambda: Lambda, event: FinishedEvent, last: LastAttempt): void {
  const { errorType, payload } = last.result;
  const condition = errorType === undefined ? "Success" : "RetriesExhausted";
  const response = {
    responseContext: {
      statusCode: 200,
      executedVersion: last.executedVersion,
      ...(errorType !== undefined && { functionError: "Unhandled" }),
    },
    responsePayload: parse(payload),
  };
  tellDestination(lambda, event, condition, response);
  if (errorType !== undefined) bury(lambda, event, last.deadLetterArn, "200", messageOf(payload));
}

/** Promises to tell that an event became too old before it could run. */
export function deliverDeadEvent(
  lambda: Lambda,
  event: FinishedEvent,
  condition: "EventAgeExceeded",
  deadLetterArn: string | undefined,
): void {
  tellDestination(lambda, event, condition, {});
  bury(lambda, event, deadLetterArn, "429", "The event was too old to be run.");
}

function tellDestination(lambda: Lambda, event: FinishedEvent, condition: Condition, response: object): void {
  const targets = lambda.state.eventInvokeOf(event.ref)?.DestinationConfig;
  const target = condition === "Success" ? targets?.OnSuccess?.Destination : targets?.OnFailure?.Destination;
  if (target === undefined || target === "") return;
  const arn = functionArn(event.ref, event.ref.qualifier ?? "$LATEST");
  const nowMs = lambda.cloud.clock.now();
  const message = {
    version: "1.0",
    timestamp: new Date(nowMs).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: arn,
      condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: parse(event.payload),
    ...response,
  };
  lambda.deliveries.add({
    target,
    region: event.ref.region,
    body: JSON.stringify(message),
    detailType: `Lambda Function Invocation Result - ${condition === "Success" ? "Success" : "Failure"}`,
    functionArn: arn,
    ...(isBucketArn(target) && { objectKey: eventRecordKey(event.ref.name, nowMs) }),
  });
}

/** A dead letter is the event itself; the error is in its attributes. */
function bury(lambda: Lambda, event: FinishedEvent, target: string | undefined, code: string, words: string): void {
  if (target === undefined || target === "") return;
  lambda.deliveries.add({
    target,
    region: event.ref.region,
    body: Buffer.from(event.payload).toString("utf8"),
    attributes: {
      RequestID: { DataType: "String", StringValue: event.requestId },
      ErrorCode: { DataType: "Number", StringValue: code },
      ErrorMessage: { DataType: "String", StringValue: words.slice(0, LONGEST_WORDS) || "Unknown" },
    },
    detailType: "",
    functionArn: functionArn(event.ref),
  });
}

function messageOf(payload: Uint8Array): string {
  const answer = parse(payload);
  const words = (answer as { errorMessage?: unknown } | null)?.errorMessage;
  return typeof words === "string" ? words : String(Buffer.from(payload));
}

function parse(payload: Uint8Array): unknown {
  const text = Buffer.from(payload).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
