import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import type { Parameter, ParameterHistory } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../service.ts";
import { pageOf } from "./errors.ts";
import { readReference, type ParameterReference } from "./parameter-name.ts";
import { latestVersion, type ParameterRecord, type ParameterVersion } from "./parameter-record.ts";
import { findParameter, parameterArn, requireParameter, type Input, type Output, type Ssm } from "./context.ts";
import { parameterNotFound, parameterVersionNotFound, ssmValidation } from "./errors.ts";

const MOST_NAMES = 10;

/** Returns a parameter's value, of the latest version or the one after `:`. */
export function getParameter(ssm: Ssm, input: Input<"GetParameter">, context: RequestContext): Output<"GetParameter"> {
  const reference = readReference(input.Name);
  const parameter = findParameter(ssm, context, reference);
  if (parameter === undefined) throw parameterNotFound();
  const version = selectVersion(parameter, reference);
  if (version === undefined) throw parameterVersionNotFound(reference.name, reference.version ?? reference.label!);
  return { Parameter: describeValue(ssm, context, parameter, version, input.WithDecryption, reference.selector) };
}

/** Returns up to 10 parameters. Names without one come back as invalid. */
export function getParameters(
  ssm: Ssm,
  input: Input<"GetParameters">,
  context: RequestContext,
): Output<"GetParameters"> {
  const names = [...new Set(input.Names)];
  if (names.length > MOST_NAMES) {
    throw ssmValidation(
      constraintText(constraintProblem(names, "names", `Member must have length less than or equal to ${MOST_NAMES}`)),
    );
  }
  const found: Parameter[] = [];
  const missing: string[] = [];
  for (const name of names) {
    const reference = readReference(name);
    const parameter = findParameter(ssm, context, reference);
    const version = parameter && selectVersion(parameter, reference);
    if (version === undefined) missing.push(name);
    else found.push(describeValue(ssm, context, parameter!, version, input.WithDecryption, reference.selector));
  }
  return { Parameters: found, InvalidParameters: missing };
}

/** Lists a parameter's versions, oldest first, a page at a time. */
export function getParameterHistory(
  ssm: Ssm,
  input: Input<"GetParameterHistory">,
  context: RequestContext,
): Output<"GetParameterHistory"> {
  const parameter = requireParameter(ssm, context, input.Name);
  const page = pageOf(parameter.versions, input.MaxResults ?? 50, input.NextToken || undefined);
  return {
    Parameters: page.items.map((version) => describeHistory(ssm, parameter, version, input.WithDecryption)),
    ...page.next,
  };
}

/** A parameter with the value of one version, as all reads of values answer it. */
export function describeValue(
  ssm: Ssm,
  context: RequestContext,
  parameter: ParameterRecord,
  version: ParameterVersion,
  withDecryption: boolean | undefined,
  selector?: string,
): Parameter {
  return {
    Name: parameter.name,
    Type: version.type,
    Value: readValue(ssm, version, withDecryption),
    Version: version.version,
    ...(selector === undefined ? {} : { Selector: selector }),
    LastModifiedDate: new Date(version.modifiedMs),
    ARN: parameterArn(context, parameter.name),
    DataType: version.dataType,
  };
}

/** What else is known of a version, as histories and descriptions answer it. */
export function describeVersion(parameter: ParameterRecord, version: ParameterVersion) {
  return {
    Name: parameter.name,
    Type: version.type,
    ...(version.keyId === undefined ? {} : { KeyId: version.keyId }),
    LastModifiedDate: new Date(version.modifiedMs),
    LastModifiedUser: version.modifiedBy,
    ...(version.description === undefined ? {} : { Description: version.description }),
    ...(version.allowedPattern === undefined ? {} : { AllowedPattern: version.allowedPattern }),
    Version: version.version,
    Tier: version.tier,
    Policies: version.policies === undefined ? [] : readPolicies(version.policies),
    DataType: version.dataType,
  };
}

function describeHistory(
  ssm: Ssm,
  parameter: ParameterRecord,
  version: ParameterVersion,
  withDecryption: boolean | undefined,
): ParameterHistory {
  return {
    ...describeVersion(parameter, version),
    Value: readValue(ssm, version, withDecryption),
    Labels: [...version.labels],
  };
}

function selectVersion(parameter: ParameterRecord, { version, label }: ParameterReference) {
  if (version !== undefined) return parameter.versions.find((each) => each.version === version);
  if (label !== undefined) return parameter.versions.find((each) => each.labels.includes(label));
  return latestVersion(parameter);
}

function readValue(ssm: Ssm, version: ParameterVersion, withDecryption: boolean | undefined): string {
  return version.type === "SecureString" && withDecryption ? ssm.secureStrings.decrypt(version.value) : version.value;
}

function readPolicies(policies: string) {
  const parsed = JSON.parse(policies) as { Type: string }[];
  return parsed.map((policy) => ({
    PolicyText: JSON.stringify(policy),
    PolicyType: policy.Type,
    PolicyStatus: "Pending",
  }));
}
