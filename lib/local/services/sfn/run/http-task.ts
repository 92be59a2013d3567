import { isAwsError } from "../../../aws-error.ts";
import { forgetToken } from "../../../http-connection/access-token.ts";
import { CallFailure } from "../../../http-connection/call-out.ts";
import {
  addCredentials,
  addParameters,
  type Connection,
  type ConnectionCredentials,
  readCredentials,
} from "../../../http-connection/credentials.ts";
import { formText } from "./form-text.ts";
import {
  addQuery,
  causeOf,
  exchange,
  headersOf,
  type HttpAnswer,
  type HttpCall,
  isSuccess,
  textOf,
} from "./http-answer.ts";
import type { Attempt } from "./scope.ts";
import { runtimeError, StatesError } from "./states-error.ts";

/** https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html */
interface HttpArguments {
  readonly ApiEndpoint?: unknown;
  readonly Method?: unknown;
  readonly InvocationConfig?: { readonly ConnectionArn?: string };
  readonly Authentication?: { readonly ConnectionArn?: string };
  readonly Headers?: unknown;
  readonly QueryParameters?: unknown;
  readonly RequestBody?: unknown;
  readonly Transform?: {
    readonly RequestBodyEncoding?: string;
    readonly RequestEncodingOptions?: { readonly ArrayFormat?: string };
  };
}

/** `http:invoke`: calls any HTTP endpoint with what a connection of EventBridge adds. */
export async function invokeHttp(attempt: Attempt, given: unknown): Promise<HttpAnswer> {
  const { cloud, execution } = attempt.run;
  const request = given as HttpArguments;
  const connection = await findConnection(attempt, request);
  try {
    const credentials = await readCredentials(cloud, execution.region, connection);
    const answer = await exchange(buildCall(request, credentials, execution.region));
    if (answer.StatusCode === 401) forgetToken(cloud, connection.secretArn);
    if (isSuccess(answer)) return answer;
    throw new StatesError(`States.Http.StatusCode.${answer.StatusCode}`, causeOf(answer));
  } catch (error) {
    if (error instanceof CallFailure) throw new StatesError("States.Http.Socket", error.message);
    throw error;
  }
}

async function findConnection({ run }: Attempt, request: HttpArguments): Promise<Connection> {
  const arn = (request.InvocationConfig ?? request.Authentication)?.ConnectionArn;
  const [, Name = ""] = arn?.split("/") ?? [];
  if (arn === undefined) throw runtimeError("An HTTP task needs a connection: give InvocationConfig.ConnectionArn.");
  const { region } = run.execution;
  try {
    const found = await run.cloud.call("eventbridge", "DescribeConnection", { Name }, { region });
    return { secretArn: found.SecretArn ?? "", authorizationType: found.AuthorizationType ?? "" };
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new StatesError(`Events.${error.code}`, error.message);
  }
}

function buildCall(request: HttpArguments, credentials: ConnectionCredentials, region: string): HttpCall {
  const { ApiEndpoint, Method } = request;
  if (typeof ApiEndpoint !== "string" || !URL.canParse(ApiEndpoint) || !/^https?:/.test(ApiEndpoint)) {
    throw runtimeError(`ApiEndpoint: got ${textOf(ApiEndpoint)}; an address that begins with https:// is needed.`);
  }
  if (typeof Method !== "string") throw runtimeError(`Method: got ${textOf(Method)}; a method of HTTP is needed.`);
  const url = new URL(ApiEndpoint);
  addQuery(url, request.QueryParameters);
  const headers = headersOf(request.Headers);
  // AWS sets these regardless of the task's headers.
  headers.set("user-agent", `Amazon|StepFunctions|HttpInvoke|${region}`);
  headers.set("range", "bytes=0-262144");
  addCredentials(headers, credentials);
  const body = addParameters(url, bodyOf(request, headers), credentials);
  const hasBody = request.RequestBody !== undefined && Method !== "GET" && Method !== "HEAD";
  return { url, method: Method, headers, body: hasBody ? body : undefined };
}

function bodyOf({ RequestBody: body, Transform: transform = {} }: HttpArguments, headers: Headers): string {
  if (body === undefined) return "";
  if (transform.RequestBodyEncoding === "URL_ENCODED") {
    return formText(body, transform.RequestEncodingOptions?.ArrayFormat ?? "INDICES");
  }
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return textOf(body);
}
