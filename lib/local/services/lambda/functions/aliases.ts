import { constraintProblem } from "../../../kit/constraint-text.ts";
import type { AliasRoutingConfiguration } from "@aws-sdk/client-lambda";
import type { RequestContext } from "../../../service.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf, newRevision } from "../lambda-state.ts";
import { pageOf } from "../list-page.ts";
import { functionArn, isVersionNumber, matches, patternProblem, readFunctionRef, type FunctionRef } from "./names.ts";
import type { AliasRecord, VersionRecord } from "../records.ts";
import { refuseInState } from "./version-state.ts";
import { conflict, invalid, invalidParameter, staleRevision } from "../errors.ts";

const ALIAS_PATTERN = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";
const LONGEST_ALIAS = 128;
const WEIGHT_CONSTRAINT =
  "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]";
const VERSION_CONSTRAINT =
  "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]";

/** Creates an alias for a version. `ResourceConflictException` where the function has one of this name. */
export function createAlias(
  lambda: Lambda,
  input: Input<"CreateAlias">,
  context: RequestContext,
): Output<"CreateAlias"> {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  const name = input.Name ?? "";
  const version = input.FunctionVersion ?? "";
  const weights = readWeights(input.RoutingConfig);
  validateName(name);
  checkTarget(lambda, ref, version, weights);
  if (lambda.state.aliases.get(`${keyOf(ref)}/${name}`) !== undefined)
    throw conflict(`Alias already exists: ${functionArn(ref, name)}`);
  const alias: AliasRecord = {
    functionName: ref.name,
    name,
    functionVersion: version,
    description: input.Description ?? "",
    weights,
    revisionId: newRevision(),
  };
  lambda.state.aliases.put(`${keyOf(ref)}/${name}`, alias);
  return describeAlias(ref, alias);
}

/** Changes what it names; the revision changes with every call. */
export function updateAlias(
  lambda: Lambda,
  input: Input<"UpdateAlias">,
  context: RequestContext,
): Output<"UpdateAlias"> {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  const weights = input.RoutingConfig === undefined ? undefined : readWeights(input.RoutingConfig);
  lambda.state.function(ref);
  const before = lambda.state.alias(ref, input.Name ?? "");
  if (input.RevisionId !== undefined && input.RevisionId !== before.revisionId) throw staleRevision();
  const alias: AliasRecord = {
    ...before,
    functionVersion: input.FunctionVersion ?? before.functionVersion,
    description: input.Description ?? before.description,
    weights: weights ?? before.weights,
    revisionId: newRevision(),
  };
  checkTarget(lambda, ref, alias.functionVersion, alias.weights);
  if (Object.keys(alias.weights).length > 0 && lambda.state.provisioned.get(`${keyOf(ref)}/${alias.name}`))
    throw invalidParameter("Alias with weights can not be used with Provisioned Concurrency");
  lambda.state.aliases.put(`${keyOf(ref)}/${alias.name}`, alias);
  return describeAlias(ref, alias);
}

/** Returns an alias. `ResourceNotFoundException` where the function has none of this name. */
export function getAlias(lambda: Lambda, input: Input<"GetAlias">, context: RequestContext): Output<"GetAlias"> {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  lambda.state.function(ref, functionArn(ref, input.Name));
  return describeAlias(ref, lambda.state.alias(ref, input.Name ?? ""));
}

/** Returns the same whether or not there was such an alias. */
export function deleteAlias(lambda: Lambda, input: Input<"DeleteAlias">, context: RequestContext): object {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  lambda.state.aliases.delete(`${keyOf(ref)}/${input.Name}`);
  return {};
}

/** Lists a function's aliases, all or those of one version, a page at a time. */
export function listAliases(
  lambda: Lambda,
  input: Input<"ListAliases">,
  context: RequestContext,
): Output<"ListAliases"> {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  lambda.state.function(ref);
  const version = input.FunctionVersion;
  const all = lambda.state
    .aliasesOf(ref)
    .filter((alias) => version === undefined || alias.functionVersion === version || version in alias.weights);
  const { items, next } = pageOf(all, input);
  return { Aliases: items.map((alias) => describeAlias(ref, alias)), ...next };
}

/** The version that takes the next event: the primary, or the additional one with the probability of its weight. */
export function pickVersion(alias: AliasRecord, random: () => number = Math.random): string {
  const [additional] = Object.entries(alias.weights);
  return additional !== undefined && random() < additional[1] ? additional[0] : alias.functionVersion;
}

function describeAlias(ref: FunctionRef, alias: AliasRecord): Output<"GetAlias"> {
  const weighted = Object.keys(alias.weights).length > 0;
  return {
    AliasArn: functionArn(ref, alias.name),
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    RevisionId: alias.revisionId,
    ...(weighted && { RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } } }),
  };
}

function validateName(name: string): void {
  const problems: string[] = [];
  if (name.length > LONGEST_ALIAS)
    problems.push(constraintProblem(name, "name", `Member must have length less than or equal to ${LONGEST_ALIAS}`));
  if (isVersionNumber(name) || !matches(name, "[a-zA-Z0-9-_]+"))
    problems.push(patternProblem(name, "name", ALIAS_PATTERN));
  if (problems.length > 0) throw invalid(problems);
}

/** Weights as given, checked as AWS's model does. */
function readWeights(routing: AliasRoutingConfiguration | undefined): Record<string, number> {
  const entries = Object.entries(routing?.AdditionalVersionWeights ?? {});
  const problems: string[] = [];
  const member = "routingConfig.additionalVersionWeights";
  const shown = `{${entries.map(([version, weight]) => `${version}=${javaDouble(weight)}`).join(", ")}}`;
  if (entries.some(([version]) => !/^[0-9]+$/.test(version)))
    problems.push(constraintProblem(shown, member, VERSION_CONSTRAINT));
  if (entries.some(([, weight]) => !(weight >= 0 && weight <= 1)))
    problems.push(constraintProblem(shown, member, WEIGHT_CONSTRAINT));
  if (problems.length > 0) throw invalid(problems);
  return Object.fromEntries(entries);
}

/** AWS prints numbers as Java does: `2.0`. */
function javaDouble(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function checkTarget(
  lambda: Lambda,
  ref: FunctionRef,
  version: string,
  weights: Readonly<Record<string, number>>,
): void {
  const additional = Object.keys(weights);
  if (additional.length > 1)
    throw invalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1");
  lambda.state.function(ref, functionArn(ref, version));
  if (version === "$LATEST") {
    if (additional.length > 0)
      throw invalidParameter("$LATEST is not supported for an alias pointing to more than 1 version");
  } else if (isVersionNumber(version)) refuseFailed(lambda.state.publishedVersion(ref, version));
  else throw invalid([patternProblem(version, "functionVersion", "(\\$LATEST|[0-9]+)")]);
  for (const other of additional) {
    if (other === version)
      throw invalidParameter(
        `Invalid function version ${other}. Function version ${other} is already included in routing configuration.`,
      );
    const companion = lambda.state.publishedVersion(ref, other);
    refuseFailed(companion);
    checkCompanions(lambda.state.publishedVersion(ref, version), companion);
  }
}

/** A version that is Pending or Inactive may be pointed at: its invocations fail. */
function refuseFailed({ state }: VersionRecord): void {
  refuseInState(state, "Failed");
}

/** Two versions can share an alias only if they have the same role and the same dead-letter target. */
function checkCompanions({ settings: one }: VersionRecord, { settings: other }: VersionRecord): void {
  if (one.Role !== other.Role)
    throw invalidParameter("Specified versions must be associated with the same execution role");
  if (one.DeadLetterConfig?.TargetArn !== other.DeadLetterConfig?.TargetArn)
    throw invalidParameter("Specified versions must be associated with the same dead letter config");
}
