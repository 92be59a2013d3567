/**
 * Ships to Lambda beside the user's code: packaged by esbuild into `outcome.mjs` or `outcome.js` of each package that
 * reports its outcomes (`outcome-module.ts`). It imports nothing, so that a cold start pays for one small file.
 */

/** What a handler looks like, whichever of its forms it has. */
type Handler = (...input: unknown[]) => unknown;

type Callback = (error?: unknown, answer?: unknown) => void;

interface Called {
  readonly event: unknown;
  readonly context: unknown;
  /** Milliseconds since the epoch: Lambda's own metrics are stamped with the start too. */
  readonly at: number;
  readonly startedMs: number;
}

/** How `awslambda.streamifyResponse` marks a handler that writes its answer to a stream. */
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

/** The status of each streamed answer that was given one. */
const streamed = new WeakMap<object, unknown>();

/**
 * Wraps a handler so that each request of an HTTP, REST, WebSocket or URL route writes one line in CloudWatch's embedded
 * metric format. Other events pass through. Length, name and marks of the handler stay, since the runtime reads them.
 */
export function reportOutcome<T>(handler: T): T {
  if (typeof handler !== "function") return handler;
  const original = handler as unknown as Handler;
  watchStreamedStatus();
  const wrapped = STREAMING in handler ? wrapStreaming(original) : wrapAnswering(original);
  return Object.defineProperties(wrapped, ownProperties(handler)) as T;
}

/** All but `prototype`: a wrapper is not a constructor. */
function ownProperties(handler: object): PropertyDescriptorMap {
  const properties: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(handler);
  delete properties["prototype"];
  return properties;
}

function wrapStreaming(handler: Handler): Handler {
  return async (event, stream, context) => {
    const called = callOf(event, context);
    try {
      const answer = await handler(event, stream, context);
      report(called, streamed.get(stream as object) ?? 200);
      return answer;
    } catch (error) {
      report(called, 500);
      throw error;
    }
  };
}

/** Answers by promise, by value, or by callback, which Node.js 22 and older take. */
function wrapAnswering(handler: Handler): Handler {
  return (event, context, callback) => {
    const called = callOf(event, context);
    let answer: unknown;
    try {
      answer = handler(event, context, typeof callback === "function" ? spy(called, callback as Callback) : callback);
    } catch (error) {
      report(called, 500);
      throw error;
    }
    if (isThenable(answer)) return answer.then(...settle(called));
    if (answer !== undefined) report(called, statusOf(answer));
    return answer;
  };
}

function spy(called: Called, callback: Callback): Callback {
  return (error, answer) => {
    report(called, error === undefined || error === null ? statusOf(answer) : 500);
    callback(error, answer);
  };
}

function settle(called: Called): [(answer: unknown) => unknown, (error: unknown) => never] {
  return [
    (answer) => {
      report(called, statusOf(answer));
      return answer;
    },
    (error) => {
      report(called, 500);
      throw error;
    },
  ];
}

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function callOf(event: unknown, context: unknown): Called {
  return { event, context, at: Date.now(), startedMs: performance.now() };
}

/** Routes take an answer without a status for 200. */
function statusOf(answer: unknown): unknown {
  return typeof answer === "object" && answer !== null && "statusCode" in answer ? answer.statusCode : 200;
}

/** Route events carry a request. Authorizer events do too, but only ask for a verdict, and do not count. */
function isRequest(event: unknown): boolean {
  if (typeof event !== "object" || event === null || !("requestContext" in event)) return false;
  const { requestContext: request, type } = event as { requestContext: unknown; type?: unknown };
  if (typeof request !== "object" || request === null || type === "REQUEST" || type === "TOKEN") return false;
  return ["http", "httpMethod", "elb", "connectionId"].some((key) => key in request);
}

/** `HttpResponseStream.from` is where a streaming handler says its status. */
function watchStreamedStatus(): void {
  const { awslambda } = globalThis as {
    awslambda?: { HttpResponseStream?: { from: (stream: object, prelude: { statusCode?: unknown }) => unknown } };
  };
  const responses = awslambda?.HttpResponseStream;
  if (responses === undefined) return;
  const { from } = responses;
  responses.from = (stream, prelude) => {
    streamed.set(stream, prelude?.statusCode ?? 200);
    return from.call(responses, stream, prelude);
  };
}

/** Past `console`, which wraps what it is given in functions that log JSON: CloudWatch reads metrics off whole lines. */
function report({ event, context, at, startedMs }: Called, status: unknown): void {
  if (!isRequest(event)) return;
  const { invokedFunctionArn = "", awsRequestId } = context as { invokedFunctionArn?: string; awsRequestId?: string };
  const [name = "", qualifier] = invokedFunctionArn.split(":").slice(6);
  const line = {
    _aws: { Timestamp: at, CloudWatchMetrics: [DIRECTIVE] },
    FunctionName: name,
    Resource: qualifier === undefined ? name : `${name}:${qualifier}`,
    ExecutedVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"] ?? "",
    ServerErrors: Number(status) >= 500 ? 1 : 0,
    ClientErrors: Number(status) >= 400 && Number(status) < 500 ? 1 : 0,
    Latency: Math.round((performance.now() - startedMs) * 100) / 100,
    status: Number(status),
    requestId: awsRequestId,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const DIRECTIVE = {
  Namespace: "Tidegate",
  Dimensions: [["FunctionName", "Resource", "ExecutedVersion"]],
  Metrics: [
    { Name: "ServerErrors", Unit: "Count" },
    { Name: "ClientErrors", Unit: "Count" },
    { Name: "Latency", Unit: "Milliseconds" },
  ],
};
