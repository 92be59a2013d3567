import { constraintProblem } from "../../../kit/constraint-text.ts";
import { createHash } from "node:crypto";
import type { RequestContext } from "../../../service.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import { pageOf } from "../list-page.ts";
import { functionArn, isVersionNumber, unqualifiedArn, readFunctionRef, type FunctionRef } from "../functions/names.ts";
import type { UrlRecord } from "../records.ts";
import { conflict, invalid, invalidParameter, notFound } from "../errors.ts";

/** Where function URLs begin below the cloud's endpoint. */
export const URL_PATH = "/_aws/lambda-url/";

/** Gives a function or alias a URL. `ResourceConflictException` where it has one. */
export function createFunctionUrlConfig(
  lambda: Lambda,
  input: Input<"CreateFunctionUrlConfig">,
  context: RequestContext,
): Output<"CreateFunctionUrlConfig"> {
  const ref = readUrlRef(input.FunctionName, input.Qualifier, context);
  validate(input);
  lambda.state.function(ref, unqualifiedArn(ref));
  if (ref.qualifier !== undefined) lambda.state.alias(ref, ref.qualifier);
  if (tryFind(lambda, ref) !== undefined)
    throw conflict(
      `Failed to create function url config for [functionArn = ${functionArn(ref)}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
    );
  const now = lambda.cloud.clock.now();
  const record: UrlRecord = {
    id: urlIdOf(ref),
    region: ref.region,
    functionName: ref.name,
    qualifier: ref.qualifier,
    config: { AuthType: input.AuthType, Cors: input.Cors, InvokeMode: input.InvokeMode ?? "BUFFERED" },
    createdMs: now,
    modifiedMs: now,
  };
  lambda.state.urls.put(record.id, record);
  // The mode comes back as it was given: the default shows in what is read later.
  const { LastModifiedTime: _modified, InvokeMode, ...shown } = describe(lambda, ref, record);
  return { ...shown, ...(input.InvokeMode !== undefined && { InvokeMode }) };
}

/** Changes a URL's authorization, CORS or invoke mode. */
export function updateFunctionUrlConfig(
  lambda: Lambda,
  input: Input<"UpdateFunctionUrlConfig">,
  context: RequestContext,
): Output<"UpdateFunctionUrlConfig"> {
  const ref = readUrlRef(input.FunctionName, input.Qualifier, context);
  validate(input);
  const before = find(lambda, ref);
  const { AuthType = before.config.AuthType, Cors = before.config.Cors } = input;
  const InvokeMode = input.InvokeMode ?? before.config.InvokeMode;
  const record = { ...before, config: { AuthType, Cors, InvokeMode }, modifiedMs: lambda.cloud.clock.now() };
  lambda.state.urls.put(record.id, record);
  return describe(lambda, ref, record);
}

/** Returns the URL of a function or alias. `ResourceNotFoundException` without one. */
export function getFunctionUrlConfig(
  lambda: Lambda,
  input: Input<"GetFunctionUrlConfig">,
  context: RequestContext,
): Output<"GetFunctionUrlConfig"> {
  const ref = readUrlRef(input.FunctionName, input.Qualifier, context);
  return describe(lambda, ref, find(lambda, ref));
}

/** Deletes the URL of a function or alias. */
export function deleteFunctionUrlConfig(
  lambda: Lambda,
  input: Input<"DeleteFunctionUrlConfig">,
  context: RequestContext,
): object {
  const ref = readUrlRef(input.FunctionName, input.Qualifier, context);
  lambda.state.urls.delete(find(lambda, ref).id);
  return {};
}

/** Lists the URLs of a function and its aliases, a page at a time. */
export function listFunctionUrlConfigs(
  lambda: Lambda,
  input: Input<"ListFunctionUrlConfigs">,
  context: RequestContext,
): Output<"ListFunctionUrlConfigs"> {
  const ref = readFunctionRef(input.FunctionName, undefined, context);
  lambda.state.function(ref);
  const all = lambda.state.urls
    .list()
    .map(([, record]) => record)
    .filter((record) => record.region === ref.region && record.functionName === ref.name)
    .map((record) => describe(lambda, { ...ref, qualifier: record.qualifier }, record));
  const { items, next } = pageOf(all, input);
  return { FunctionUrlConfigs: items, ...next };
}

function readUrlRef(name: string | undefined, qualifier: string | undefined, context: RequestContext): FunctionRef {
  const pattern = "((?!^\\d+$)^[0-9a-zA-Z-_]+$)";
  if (qualifier !== undefined && (isVersionNumber(qualifier) || qualifier === "$LATEST"))
    throw invalid([
      constraintProblem(qualifier, "qualifier", `Member must satisfy regular expression pattern: ${pattern}`),
    ]);
  return readFunctionRef(name, qualifier, context);
}

function validate({ AuthType, InvokeMode }: Input<"UpdateFunctionUrlConfig">): void {
  const problems: string[] = [];
  const allowed = (value: string | undefined, member: string, values: string[]) => {
    if (value !== undefined && !values.includes(value))
      problems.push(constraintProblem(value, member, `Member must satisfy enum value set: [${values.join(", ")}]`));
  };
  allowed(AuthType, "authType", ["NONE", "AWS_IAM"]);
  if (problems.length > 0) throw invalid(problems);
  if (InvokeMode !== undefined && InvokeMode !== "BUFFERED" && InvokeMode !== "RESPONSE_STREAM")
    throw invalidParameter(
      `Value '${String(InvokeMode)}' at 'invokeMode' failed to satisfy constraint: Member must satisfy enum value set: [RESPONSE_STREAM, BUFFERED]`,
    );
}

/** The same function, made again, gets the same URL: addresses that were noted down stay good. */
function urlIdOf(ref: FunctionRef): string {
  const digest = createHash("sha256").update(functionArn(ref)).digest();
  return BigInt(`0x${digest.toString("hex")}`)
    .toString(36)
    .slice(0, 32)
    .padStart(32, "0");
}

function tryFind({ state }: Lambda, ref: FunctionRef): UrlRecord | undefined {
  return state.urls.get(urlIdOf(ref));
}

function find(lambda: Lambda, ref: FunctionRef): UrlRecord {
  const record = tryFind(lambda, ref);
  if (record === undefined || lambda.state.functions.get(keyOf(ref)) === undefined)
    throw notFound("The resource you requested does not exist.");
  return record;
}

function describe(lambda: Lambda, ref: FunctionRef, record: UrlRecord) {
  return {
    FunctionUrl: `${lambda.cloud.endpoint}${URL_PATH}${record.id}/`,
    FunctionArn: functionArn(ref),
    AuthType: record.config.AuthType,
    ...(record.config.Cors !== undefined && { Cors: record.config.Cors }),
    InvokeMode: record.config.InvokeMode,
    CreationTime: new Date(record.createdMs).toISOString(),
    LastModifiedTime: new Date(record.modifiedMs).toISOString(),
  };
}
