import { isAwsError, type AwsError } from "../../../aws-error.ts";
import { findExceptionTraits } from "../../../kit/exception-traits.ts";
import { randomUUID } from "node:crypto";
import type { TaskResource } from "./resource.ts";
import { inRole } from "./in-role.ts";
import type { Attempt } from "./scope.ts";
import { metadataOf } from "./service-call.ts";
import { StatesError } from "./states-error.ts";
import { parseJson } from "../../../../util/parse-json.ts";

/** Calls a function that the task names by its ARN: its input is the event, its answer the result. */
export async function callFunction(attempt: Attempt, resource: TaskResource, given: unknown): Promise<unknown> {
  const { payload } = await invokeFunction(attempt, { FunctionName: resource.arn }, given);
  return payload;
}

/** `lambda:invoke`: its arguments are Lambda's own, its result is Lambda's answer with the payload as JSON. */
export async function invokeByParameters(attempt: Attempt, given: unknown): Promise<unknown> {
  const { Payload = {}, ...rest } = given as Record<string, unknown>;
  const answer = await invokeFunction(attempt, rest, Payload);
  return {
    ...(answer.version !== undefined && { ExecutedVersion: answer.version }),
    ...(answer.payload !== undefined && { Payload: answer.payload }),
    ...metadataOf(answer.requestId),
    StatusCode: answer.status,
  };
}

interface FunctionAnswer {
  readonly payload: unknown;
  readonly version: string | undefined;
  readonly status: number;
  readonly requestId: string;
}

async function invokeFunction(attempt: Attempt, input: object, payload: unknown): Promise<FunctionAnswer> {
  const { cloud } = attempt.run;
  const requestId = randomUUID();
  let answer;
  try {
    const Payload = Buffer.from(JSON.stringify(payload) ?? "null");
    answer = await cloud.call(
      "lambda",
      "Invoke",
      { ...(input as { FunctionName: string }), Payload },
      { ...inRole(attempt.run), requestId },
    );
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new StatesError(`Lambda.${await lambdaName(error)}`, lambdaCause(error, requestId));
  }
  const text = answer.Payload === undefined ? "" : Buffer.from(answer.Payload as Uint8Array).toString("utf8");
  if (answer.FunctionError !== undefined) throw functionError(text);
  return {
    payload: text === "" ? undefined : parseJson(text),
    version: answer.ExecutedVersion,
    status: answer.StatusCode ?? 200,
    requestId,
  };
}

function functionError(text: string): StatesError {
  let error = "Lambda.Unknown";
  try {
    const { errorType } = JSON.parse(text) as { errorType?: unknown };
    if (typeof errorType === "string" && errorType !== "") error = errorType;
  } catch {
    // Not JSON: a function that died without a word.
  }
  return new StatesError(error, text);
}

/** Exceptions that Lambda's model does not have, such as a refusal by policies, share one name. */
async function lambdaName({ code }: AwsError): Promise<string> {
  const name = code.replace(/^Lambda\./, "");
  return (await findExceptionTraits("lambda", name)) === undefined ? "AWSLambdaException" : name;
}

function lambdaCause(error: AwsError, requestId: string): string {
  const status = error.statusCode ?? (error.code === "ResourceNotFoundException" ? 404 : 400);
  return `${error.message} (Service: AWSLambda; Status Code: ${status}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`;
}
