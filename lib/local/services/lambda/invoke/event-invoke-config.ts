import { constraintProblem } from "../../../kit/constraint-text.ts";
import type { DestinationConfig } from "@aws-sdk/client-lambda";
import type { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import { pageOf } from "../list-page.ts";
import {
  functionArn,
  isVersionNumber,
  matches,
  patternProblem,
  readFunctionRef,
  type FunctionRef,
} from "../functions/names.ts";
import { isBucketArn } from "../record-keys.ts";
import { requireDestinations } from "../functions/require-role.ts";
import type { EventInvokeRecord } from "../records.ts";
import { invalid, invalidParameter, notFound } from "../errors.ts";

const DESTINATION_PATTERN = String.raw`$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`;
const DESTINATION_SERVICES = new Set(["lambda", "sqs", "sns", "events", "s3"]);

/** Sets how asynchronous events are retried and where their results go; what is not named is unset. */
export function putFunctionEventInvokeConfig(
  lambda: Lambda,
  input: Input<"PutFunctionEventInvokeConfig">,
  context: RequestContext,
): Output<"PutFunctionEventInvokeConfig"> {
  const ref = readTarget(lambda, input, context);
  validate(lambda, ref, input);
  requireDestinations(lambda.cloud, ref, lambda.state.version(ref).settings, input.DestinationConfig);
  return put(lambda, ref, { ...pick(input), modifiedMs: lambda.cloud.clock.now() });
}

/** The same, but what is not named stays. */
export function updateFunctionEventInvokeConfig(
  lambda: Lambda,
  input: Input<"UpdateFunctionEventInvokeConfig">,
  context: RequestContext,
): Output<"UpdateFunctionEventInvokeConfig"> {
  const ref = readTarget(lambda, input, context);
  validate(lambda, ref, input);
  requireDestinations(lambda.cloud, ref, lambda.state.version(ref).settings, input.DestinationConfig);
  const before = find(lambda, ref);
  return put(lambda, ref, { ...before, ...pick(input), modifiedMs: lambda.cloud.clock.now() });
}

/** Returns the settings of asynchronous invokes. `ResourceNotFoundException` without any. */
export function getFunctionEventInvokeConfig(
  lambda: Lambda,
  input: Input<"GetFunctionEventInvokeConfig">,
  context: RequestContext,
): Output<"GetFunctionEventInvokeConfig"> {
  const ref = qualified(readFunctionRef(input.FunctionName, input.Qualifier, context));
  return describe(ref, find(lambda, ref));
}

/** Deletes the settings of asynchronous invokes: AWS's defaults hold again. */
export function deleteFunctionEventInvokeConfig(
  lambda: Lambda,
  input: Input<"DeleteFunctionEventInvokeConfig">,
  context: RequestContext,
): object {
  const ref = qualified(readFunctionRef(input.FunctionName, input.Qualifier, context));
  find(lambda, ref);
  lambda.state.eventInvokes.delete(keyOfConfig(ref));
  return {};
}

/** Lists a function's settings of asynchronous invokes, a page at a time. */
export function listFunctionEventInvokeConfigs(
  lambda: Lambda,
  input: Input<"ListFunctionEventInvokeConfigs">,
  context: RequestContext,
): Output<"ListFunctionEventInvokeConfigs"> {
  const ref = readFunctionRef(input.FunctionName, undefined, context);
  if (lambda.state.functions.get(keyOf(ref)) === undefined) throw notFound("The function doesn't exist.");
  const prefix = `${keyOf(ref)}/`;
  const all = lambda.state.eventInvokes
    .list(prefix)
    .map(([key, record]) => describe({ ...ref, qualifier: key.slice(prefix.length) }, record));
  const { items, next } = pageOf(all, input);
  return { FunctionEventInvokeConfigs: items, ...next };
}

function readTarget(
  lambda: Lambda,
  input: Input<"PutFunctionEventInvokeConfig">,
  context: RequestContext,
): FunctionRef {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
  const ref = qualified(readFunctionRef(input.FunctionName, input.Qualifier, context));
  if (MaximumRetryAttempts === undefined && MaximumEventAgeInSeconds === undefined && DestinationConfig === undefined)
    throw invalidParameter("You must specify at least one of error handling or destination setting.");
  if (!exists(lambda, ref)) throw notFound("The function doesn't exist.");
  return ref;
}

function exists({ state }: Lambda, ref: FunctionRef): boolean {
  if (state.functions.get(keyOf(ref)) === undefined) return false;
  if (ref.qualifier === "$LATEST") return true;
  const collection = isVersionNumber(ref.qualifier ?? "") ? state.versions : state.aliases;
  return collection.get(`${keyOf(ref)}/${ref.qualifier}`) !== undefined;
}

function validate(lambda: Lambda, ref: FunctionRef, input: Input<"PutFunctionEventInvokeConfig">): void {
  const problems: string[] = [];
  range(problems, input.MaximumRetryAttempts, "maximumRetryAttempts", 0, 2);
  range(problems, input.MaximumEventAgeInSeconds, "maximumEventAgeInSeconds", 60, 21_600);
  const { OnSuccess, OnFailure } = input.DestinationConfig ?? {};
  for (const [side, destination] of [
    ["onFailure", OnFailure?.Destination],
    ["onSuccess", OnSuccess?.Destination],
  ] as const)
    if (destination !== undefined && !matches(destination, DESTINATION_PATTERN))
      problems.push(patternProblem(destination, `destinationConfig.${side}.destination`, DESTINATION_PATTERN));
  if (problems.length > 0) throw invalid(problems);
  if (isBucketArn(OnSuccess?.Destination ?? "")) throw unfit(input.DestinationConfig);
  for (const destination of [OnSuccess?.Destination, OnFailure?.Destination])
    if (destination !== undefined && destination !== "")
      validateDestination(lambda, ref, destination, input.DestinationConfig);
}

function range(problems: string[], value: number | undefined, member: string, least: number, most: number): void {
  if (value === undefined) return;
  if (value < least)
    problems.push(constraintProblem(value, member, `Member must have value greater than or equal to ${least}`));
  if (value > most)
    problems.push(constraintProblem(value, member, `Member must have value less than or equal to ${most}`));
}

function validateDestination(
  lambda: Lambda,
  ref: FunctionRef,
  arn: string,
  config: DestinationConfig | undefined,
): void {
  const [, , service = "", region = "", account = "", kind, name = ""] = arn.split(":");
  if (!DESTINATION_SERVICES.has(service)) throw unfit(config);
  if (service !== "lambda" || kind !== "function" || region !== ref.region || account !== ref.account) return;
  if (name === ref.name) throw invalidParameter("You can't specify the function as a destination for itself.");
  if (lambda.state.functions.get(keyOf({ region, name })) === undefined)
    throw invalidParameter(`The destination ARN ${arn} is invalid.`);
}

function unfit(config: DestinationConfig | undefined): AwsError {
  const show = (type: string, destination: string | undefined) =>
    destination === undefined ? "null" : `${type}(destination=${destination})`;
  const success = show("OnSuccess", config?.OnSuccess?.Destination);
  const failure = show("OnFailure", config?.OnFailure?.Destination);
  return invalidParameter(
    `The provided destination config DestinationConfig(onSuccess=${success}, onFailure=${failure}) is invalid.`,
  );
}

function pick(input: Input<"PutFunctionEventInvokeConfig">): Omit<EventInvokeRecord, "modifiedMs"> {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
  return {
    ...(MaximumRetryAttempts !== undefined && { MaximumRetryAttempts }),
    ...(MaximumEventAgeInSeconds !== undefined && { MaximumEventAgeInSeconds }),
    ...(DestinationConfig !== undefined && { DestinationConfig }),
  };
}

function put(lambda: Lambda, ref: FunctionRef, record: EventInvokeRecord): Output<"PutFunctionEventInvokeConfig"> {
  lambda.state.eventInvokes.put(keyOfConfig(ref), record);
  return describe(ref, record);
}

function find(lambda: Lambda, ref: FunctionRef): EventInvokeRecord {
  const record = lambda.state.eventInvokes.get(keyOfConfig(ref));
  if (record === undefined) throw notFound(`The function ${functionArn(ref)} doesn't have an EventInvokeConfig`);
  return record;
}

function describe(ref: FunctionRef, record: EventInvokeRecord): Output<"GetFunctionEventInvokeConfig"> {
  const { modifiedMs, DestinationConfig: destinations, ...rest } = record;
  return {
    FunctionArn: functionArn(ref),
    LastModified: new Date(modifiedMs),
    ...rest,
    DestinationConfig: { OnSuccess: destinations?.OnSuccess ?? {}, OnFailure: destinations?.OnFailure ?? {} },
  };
}

function qualified(ref: FunctionRef): FunctionRef {
  return { ...ref, qualifier: ref.qualifier ?? "$LATEST" };
}

function keyOfConfig(ref: FunctionRef): string {
  return `${keyOf(ref)}/${ref.qualifier}`;
}
