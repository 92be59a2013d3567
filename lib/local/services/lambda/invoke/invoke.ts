import type { InvokeTarget } from "../records.ts";
import { constraintProblem } from "../../../kit/constraint-text.ts";
import { randomBytes } from "node:crypto";
import type { InvocationResult } from "../../../runtime/function-spec.ts";
import type { RequestContext } from "../../../service.ts";
import { noteUse } from "../functions/version-state.ts";
import { findTarget } from "./invoke-target.ts";
import { wakeIfInactive } from "./wake.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { readFunctionRef } from "../functions/names.ts";
import { readPayload } from "./payload.ts";
import { invalid } from "../errors.ts";

/** Further options of one call. */
export interface RunOptions {
  readonly requestId: string;
  readonly traceId?: string;
  /** JSON text. */
  readonly clientContext?: string;
  readonly tail?: boolean;
  readonly onChunk?: (chunk: Buffer, contentType: string) => Promise<void> | void;
}

/** Runs a function and answers with its result, leaves the event for later, or only looks whether it could. */
export async function invoke(
  lambda: Lambda,
  input: Input<"Invoke">,
  context: RequestContext,
): Promise<Output<"Invoke">> {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  const type = input.InvocationType ?? "RequestResponse";
  if (type !== "RequestResponse" && type !== "Event" && type !== "DryRun")
    throw invalid([
      constraintProblem(type, "invocationType", "Member must satisfy enum value set: [Event, RequestResponse, DryRun]"),
    ]);
  const payload = readPayload(input.Payload as Uint8Array | undefined, type === "Event" ? "Event" : "RequestResponse");
  const target = findTarget(lambda, ref);
  if (type === "DryRun") return { StatusCode: 204, Payload: undefined };
  const traceId = traceHeader(context);
  if (type === "Event") {
    lambda.queue.add({ ref, payload, requestId: context.requestId, traceId });
    return { StatusCode: 202 };
  }
  const tail = input.LogType === "Tail";
  const clientContext = input.ClientContext && Buffer.from(input.ClientContext, "base64").toString();
  const result = await run(lambda, target, payload, { requestId: context.requestId, traceId, tail, clientContext });
  return {
    StatusCode: 200,
    ExecutedVersion: target.version.version,
    Payload: result.payload as Uint8Array as Output<"Invoke">["Payload"],
    ...(result.errorType !== undefined && { FunctionError: "Unhandled" }),
    ...(tail && { LogResult: (await result.logTail).toString("base64") }),
  };
}

/** Runs one event on its target, within the concurrency limits, and counts it. */
export async function run(
  lambda: Lambda,
  target: InvokeTarget,
  payload: Uint8Array,
  options: RunOptions,
): Promise<InvocationResult> {
  const { ref, version, invokedArn } = target;
  wakeIfInactive(lambda, ref, version);
  noteUse(lambda, ref, version);
  const leave = lambda.metrics.throttledIfRefused(target, () => lambda.gate.enter(ref));
  const startedMs = lambda.cloud.clock.now();
  lambda.keptEvents.keep(target, { requestId: options.requestId, at: startedMs, payload });
  try {
    const spec = await lambda.specs.specOf(ref, version);
    const result = await lambda.host.invoke(spec, {
      ...options,
      payload,
      invokedArn,
      traceId: options.traceId ?? newTraceId(startedMs),
    });
    lambda.metrics.ran(target, startedMs, result, lambda.gate.runningOf(ref));
    return result;
  } finally {
    leave();
  }
}

function traceHeader(context: RequestContext): string | undefined {
  const header = context.http?.headers["x-amzn-trace-id"];
  return typeof header === "string" ? header : undefined;
}

function newTraceId(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}
