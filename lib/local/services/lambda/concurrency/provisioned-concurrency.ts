import { constraintProblem } from "../../../kit/constraint-text.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { formatTime } from "../functions/function-configuration.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import { pageOf } from "../list-page.ts";
import { functionArn, isVersionNumber, readFunctionRef, type FunctionRef } from "../functions/names.ts";
import type { ProvisionedRecord } from "../records.ts";
import { conflict, invalid, invalidParameter } from "../errors.ts";

/** Keeps the configuration; it is IN_PROGRESS in this answer and READY in the next. */
export function putProvisionedConcurrencyConfig(
  lambda: Lambda,
  input: Input<"PutProvisionedConcurrencyConfig">,
  context: RequestContext,
): Output<"PutProvisionedConcurrencyConfig"> {
  const wanted = input.ProvisionedConcurrentExecutions ?? 0;
  if (wanted < 1)
    throw invalid([
      constraintProblem(wanted, "provisionedConcurrentExecutions", "Member must have value greater than or equal to 1"),
    ]);
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  if (ref.qualifier === undefined || ref.qualifier === "$LATEST")
    throw invalidParameter("Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
  checkTarget(lambda, ref);
  refuseSecondOnVersion(lambda, ref, ref.qualifier);
  const record: ProvisionedRecord = { wanted, modifiedMs: lambda.cloud.clock.now() };
  lambda.state.provisioned.put(keyOfConfig(ref), record);
  return {
    RequestedProvisionedConcurrentExecutions: wanted,
    AllocatedProvisionedConcurrentExecutions: 0,
    AvailableProvisionedConcurrentExecutions: 0,
    Status: "IN_PROGRESS",
    LastModified: formatTime(record.modifiedMs),
  };
}

export function getProvisionedConcurrencyConfig(
  lambda: Lambda,
  input: Input<"GetProvisionedConcurrencyConfig">,
  context: RequestContext,
): Output<"GetProvisionedConcurrencyConfig"> {
  const ref = readPublishedRef(lambda, input.FunctionName, input.Qualifier, context);
  const record = lambda.state.provisioned.get(keyOfConfig(ref));
  if (record === undefined)
    throw new AwsError(
      "ProvisionedConcurrencyConfigNotFoundException",
      "No Provisioned Concurrency Config found for this function",
      { members: { Type: "User" } },
    );
  return describe(record);
}

/** Answers the same whether or not there was a configuration. */
export function deleteProvisionedConcurrencyConfig(
  lambda: Lambda,
  input: Input<"DeleteProvisionedConcurrencyConfig">,
  context: RequestContext,
): object {
  const ref = readPublishedRef(lambda, input.FunctionName, input.Qualifier, context);
  lambda.state.provisioned.delete(keyOfConfig(ref));
  return {};
}

export function listProvisionedConcurrencyConfigs(
  lambda: Lambda,
  input: Input<"ListProvisionedConcurrencyConfigs">,
  context: RequestContext,
): Output<"ListProvisionedConcurrencyConfigs"> {
  const ref = readFunctionRef(input.FunctionName, undefined, context);
  lambda.state.function(ref);
  const prefix = `${keyOf(ref)}/`;
  const all = lambda.state.provisioned.list(prefix).map(([key, record]) => {
    const FunctionArn = functionArn(ref, key.slice(prefix.length));
    return Object.assign(describe(record), { FunctionArn });
  });
  const { items, next } = pageOf(all, input);
  return { ProvisionedConcurrencyConfigs: items, ...next };
}

function describe({ wanted, modifiedMs }: ProvisionedRecord): Output<"GetProvisionedConcurrencyConfig"> {
  return {
    RequestedProvisionedConcurrentExecutions: wanted,
    AvailableProvisionedConcurrentExecutions: wanted,
    AllocatedProvisionedConcurrentExecutions: wanted,
    Status: "READY",
    LastModified: formatTime(modifiedMs),
  };
}

function readPublishedRef(
  lambda: Lambda,
  name: string | undefined,
  qualifier: string | undefined,
  context: RequestContext,
) {
  const ref = readFunctionRef(name, qualifier, context);
  if (ref.qualifier === undefined || ref.qualifier === "$LATEST")
    throw invalidParameter("The function resource provided must be an alias or a published version.");
  checkTarget(lambda, ref);
  return ref;
}

/** AWS looks for the alias before it looks for the function. */
function checkTarget({ state }: Lambda, ref: FunctionRef): void {
  if (ref.qualifier !== undefined && !isVersionNumber(ref.qualifier)) state.alias(ref, ref.qualifier);
  state.version(ref);
}

/** A version gets its provisioned concurrency either by itself or by an alias that points to it. */
function refuseSecondOnVersion({ state }: Lambda, ref: FunctionRef, qualifier: string): void {
  if (isVersionNumber(qualifier)) {
    const aliases = state.aliasesOf(ref).filter((alias) => alias.functionVersion === qualifier);
    if (aliases.some(({ name }) => state.provisioned.get(`${keyOf(ref)}/${name}`) !== undefined))
      throw conflict("Version is pointed by a Provisioned Concurrency alias");
  } else if (state.provisioned.get(`${keyOf(ref)}/${state.alias(ref, qualifier).functionVersion}`) !== undefined)
    throw conflict("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
}

function keyOfConfig(ref: FunctionRef): string {
  return `${keyOf(ref)}/${ref.qualifier}`;
}
