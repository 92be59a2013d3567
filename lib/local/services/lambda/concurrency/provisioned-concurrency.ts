import { constraintProblem } from "../../../kit/constraint-text.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { formatTime } from "../functions/function-configuration.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import { pageOf } from "../list-page.ts";
import { functionArn, isVersionNumber, readFunctionRef, type FunctionRef } from "../functions/names.ts";
import type { ProvisionedRecord } from "../records.ts";
import { refuseInState, stateOf } from "../functions/version-state.ts";
import { LEAST_UNRESERVED } from "../invoke/concurrency-gate.ts";
import { keyOfConfig, provisionSoon } from "./provision.ts";
import { conflict, invalid, invalidParameter } from "../errors.ts";

/** Keeps the configuration: it is IN_PROGRESS until an environment is initialised, then READY or FAILED. */
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
  if (ref.qualifier === undefined || ref.qualifier === "$LATEST") throw unpublished();
  checkTarget(lambda, ref, true);
  refuseSecondOnVersion(lambda, ref, ref.qualifier);
  refuseTooMuch(lambda, ref, wanted);
  const known = lambda.state.provisioned.get(keyOfConfig(ref));
  if (known?.wanted === wanted && known.status !== "FAILED") return describe(known);
  const record: ProvisionedRecord = { wanted, modifiedMs: lambda.cloud.clock.now(), status: "IN_PROGRESS" };
  lambda.state.provisioned.put(keyOfConfig(ref), record);
  provisionSoon(lambda, ref);
  return describe(record);
}

/** Returns the provisioned concurrency of a version or alias, and how much of it is ready. */
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

/** Returns the same whether or not there was a configuration. */
export function deleteProvisionedConcurrencyConfig(
  lambda: Lambda,
  input: Input<"DeleteProvisionedConcurrencyConfig">,
  context: RequestContext,
): object {
  const ref = readPublishedRef(lambda, input.FunctionName, input.Qualifier, context);
  lambda.state.provisioned.delete(keyOfConfig(ref));
  return {};
}

/** Lists a function's provisioned concurrency, a page at a time. */
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

function describe({
  wanted,
  modifiedMs,
  status,
  reason,
}: ProvisionedRecord): Output<"GetProvisionedConcurrencyConfig"> {
  const available = status === "READY" ? wanted : 0;
  return {
    RequestedProvisionedConcurrentExecutions: wanted,
    AvailableProvisionedConcurrentExecutions: available,
    AllocatedProvisionedConcurrentExecutions: available,
    Status: status,
    ...(reason === undefined ? {} : { StatusReason: reason }),
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
function checkTarget(lambda: Lambda, ref: FunctionRef, isPut = false): void {
  const { state } = lambda;
  if (ref.qualifier !== undefined && !isVersionNumber(ref.qualifier)) state.alias(ref, ref.qualifier);
  const version = state.version(ref);
  if (isPut) refuseInState(stateOf(lambda, ref, version), "Pending", "Failed", "Inactive");
  if (isPut && version.version === "$LATEST") throw unpublished();
}

function unpublished() {
  return invalidParameter("Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
}

/** A version gets its provisioned concurrency either by itself or by an alias that points to it. */
function refuseSecondOnVersion({ state }: Lambda, ref: FunctionRef, qualifier: string): void {
  if (isVersionNumber(qualifier)) {
    const aliases = state.aliasesOf(ref).filter((alias) => alias.functionVersion === qualifier);
    if (aliases.some(({ name }) => state.provisioned.get(`${keyOf(ref)}/${name}`) !== undefined))
      throw conflict("Version is pointed by a Provisioned Concurrency alias");
    return;
  }
  if (Object.keys(state.alias(ref, qualifier).weights).length > 0)
    throw invalidParameter("Alias with weights can not be used with Provisioned Concurrency");
  if (state.provisioned.get(`${keyOf(ref)}/${state.alias(ref, qualifier).functionVersion}`) !== undefined)
    throw conflict("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
}

/** It counts against what the function has reserved, or else against what the account has left for all others. */
function refuseTooMuch(lambda: Lambda, ref: FunctionRef, wanted: number): void {
  const { state } = lambda;
  const own = sumOf(state.provisioned.list(`${keyOf(ref)}/`), ref);
  const reserved = state.function(ref).reservedConcurrency;
  if (reserved !== undefined && own + wanted > reserved)
    throw invalidParameter(
      "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
    );
  if (reserved !== undefined) return;
  const others = state.provisioned.list(`${ref.region}/`).filter(([key]) => {
    const name = key.slice(0, key.lastIndexOf("/"));
    return state.functions.get(name)?.reservedConcurrency === undefined;
  });
  if (lambda.gate.unreservedLimit(ref.region) - sumOf(others, ref) - wanted < LEAST_UNRESERVED)
    throw invalidParameter(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
    );
}

/** Of all configurations but the one that is being put. */
function sumOf(configs: readonly (readonly [string, ProvisionedRecord])[], ref: FunctionRef): number {
  const others = configs.filter(([key]) => key !== keyOfConfig(ref));
  return others.reduce((total, [, { wanted }]) => total + wanted, 0);
}
