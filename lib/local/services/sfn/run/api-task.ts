import { isAwsError } from "../../../aws-error.ts";
import { CallFailure } from "../../../http-connection/call-out.ts";
import { addQuery, causeOf, exchange, headersOf, type HttpAnswer, isSuccess, textOf } from "./http-answer.ts";
import type { Attempt } from "./scope.ts";
import { runtimeError, StatesError } from "./states-error.ts";

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html */
interface ApiArguments {
  readonly ApiEndpoint?: unknown;
  readonly Method?: unknown;
  readonly Stage?: string;
  readonly Path?: string;
  readonly Headers?: unknown;
  readonly QueryParameters?: unknown;
  readonly RequestBody?: unknown;
  readonly AuthType?: string;
}

/** `<id>.execute-api.<region>.amazonaws.com`, or the local cloud's own address of an API. */
const ENDPOINT = /^([a-z0-9]+)\.execute-api\.|\/_aws\/execute-api\/([a-z0-9]+)/;

/** `apigateway:invoke`: calls an HTTP API of this cloud. */
export async function invokeApi(attempt: Attempt, given: unknown): Promise<HttpAnswer> {
  const request = given as ApiArguments;
  const headers = headersOf(request.Headers);
  const { AuthType = "NO_AUTH", Method: method, RequestBody: requestBody } = request;
  if (typeof method !== "string") throw runtimeError(`Method: got ${textOf(method)}; a method of HTTP is needed.`);
  if (AuthType !== "NO_AUTH") headers.set("authorization", await signature(attempt));
  if (requestBody !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  const hasBody = requestBody !== undefined && method !== "GET" && method !== "HEAD";
  const body = hasBody ? textOf(requestBody) : undefined;
  try {
    const answer = await exchange({ url: urlOf(attempt, request), method, headers, body });
    if (isSuccess(answer)) return answer;
    throw new StatesError(`ApiGateway.${answer.StatusCode}`, causeOf(answer));
  } catch (error) {
    if (error instanceof CallFailure) throw new StatesError(`ApiGateway.${error.code}`, error.message);
    throw error;
  }
}

function urlOf({ run }: Attempt, { ApiEndpoint, Stage, Path = "", QueryParameters }: ApiArguments): URL {
  const [, named, local] = typeof ApiEndpoint === "string" ? (ENDPOINT.exec(ApiEndpoint) ?? []) : [];
  const id = named ?? local;
  if (id === undefined) {
    throw runtimeError(
      `ApiEndpoint: got ${textOf(ApiEndpoint)}; the host of an API is needed, such as <id>.execute-api.<region>.amazonaws.com.`,
    );
  }
  const stage = Stage === undefined || Stage === "$default" ? "" : `/${Stage}`;
  const path = Path === "" || Path.startsWith("/") ? Path : `/${Path}`;
  const url = new URL(`${run.cloud.endpoint}/_aws/execute-api/${id}${stage}${path}`);
  addQuery(url, QueryParameters);
  return url;
}

/** Signed by the state machine's role. The local cloud reads who signed, and never verifies the signature. */
async function signature({ run }: Attempt): Promise<string> {
  const date = new Date(run.cloud.clock.now()).toISOString().slice(0, 10).replaceAll("-", "");
  const scope = `${await accessKey(run)}/${date}/${run.execution.region}/execute-api/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${"0".repeat(64)}`;
}

async function accessKey({ cloud, execution }: Attempt["run"]): Promise<string> {
  const { region, roleArn: RoleArn, name, machineArn: sourceArn } = execution;
  const asked = { RoleArn, RoleSessionName: name.replaceAll(/[^\w+=,.@-]/g, "-").slice(0, 64) };
  const asItself = { region, as: { service: "states.amazonaws.com", sourceArn } };
  try {
    const { Credentials } = await cloud.call("sts", "AssumeRole", asked, asItself);
    return Credentials?.AccessKeyId ?? "";
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new StatesError(`ApiGateway.${error.code}`, error.message);
  }
}
