import { randomUUID } from "node:crypto";
import { type AwsError, isAwsError } from "../../../aws-error.ts";
import { findExceptionTraits } from "../../../kit/exception-traits.ts";
import { isServiceName } from "../../../catalogue.ts";
import type { CallContext, ServiceName } from "../../../service.ts";
import { checkInput } from "../../../wire/check-input.ts";
import type { OperationModel } from "../../../wire/service-model.ts";
import { inRole } from "./in-role.ts";
import type { Attempt } from "./scope.ts";
import { runtimeError, StatesError } from "./states-error.ts";

/** How a service is called for a task, and how its errors are named. */
export interface ServiceCall {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** Before the error's name: `DynamoDB.ResourceNotFoundException`. */
  readonly prefix: string;
  /** An optimised integration, by the name that its causes give the service; absent for `aws-sdk:`. */
  readonly optimised?: string;
  /** The operation's model, by which the input is checked before the service sees it. */
  readonly model?: OperationModel | undefined;
}

/** Calls a supported service and returns its result as JSON. */
export async function callService(attempt: Attempt, call: ServiceCall): Promise<Record<string, unknown>> {
  const { service, operation, input } = call;
  if (!isServiceName(service)) {
    throw runtimeError(
      `The local cloud does not support the service '${service}' that the state '${attempt.name}' calls.`,
    );
  }
  const { cloud } = attempt.run;
  const requestId = randomUUID();
  const name = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  try {
    if (call.model !== undefined) checkInput(call.model, input, "awsJson1_1");
    const context = { ...inRole(attempt.run), requestId };
    const output = await (cloud.call as AnyCall)(service, name, input ?? {}, context);
    const told = (await plain(output)) as Record<string, unknown>;
    return call.optimised === undefined ? told : { ...told, ...metadataOf(requestId) };
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw await refusal(error, service, call, requestId);
  }
}

/** What optimised integrations tell of the call itself. */
export function metadataOf(requestId: string): object {
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: { "x-amzn-RequestId": [requestId] },
      HttpHeaders: { "x-amzn-RequestId": requestId },
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}

type AnyCall = (service: ServiceName, operation: string, input: unknown, context: CallContext) => Promise<unknown>;

/** In the words of the two Java SDKs that Step Functions calls services with. */
async function refusal(
  error: AwsError,
  service: ServiceName,
  { prefix, optimised }: ServiceCall,
  requestId: string,
): Promise<StatesError> {
  const code = error.code.slice(error.code.lastIndexOf(".") + 1);
  const full = /(Exception|Fault|Error)$/.test(code) ? code : `${code}Exception`;
  const known = await findExceptionTraits(service, code, full);
  // What the model does not know has the service's own name.
  const [queryCode = error.queryCode ?? code, queryStatus] = known?.awsQueryError ?? [];
  const status = error.statusCode ?? queryStatus ?? known?.httpError ?? 400;
  // S3 has a second id for each request.
  const extended = service === "s3" ? `, Extended Request ID: ${requestId}` : "";
  if (optimised === undefined) {
    return new StatesError(
      `${prefix}.${known === undefined ? `${prefix}Exception` : full}`,
      `${error.message} (Service: ${prefix}, Status Code: ${status}, Request ID: ${requestId}${extended})`,
    );
  }
  return new StatesError(
    `${prefix}.${known === undefined ? `Amazon${prefix}Exception` : full}`,
    `${error.message} (Service: ${optimised}; Status Code: ${status}; Error Code: ${queryCode}; Request ID: ${requestId}; Proxy: null)`,
  );
}

/** An answer as JSON: times as text, bytes and streams as text, without what the client adds. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== "object" || value === null) return value;
  if (Symbol.asyncIterator in value) return textOf(value as AsyncIterable<Uint8Array>);
  const told: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (name !== "$metadata" && item !== undefined) told[name] = await plain(item);
  }
  return told;
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
