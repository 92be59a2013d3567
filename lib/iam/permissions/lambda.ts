import { passRole } from "./pass-role.ts";
import type { FindPermissions, Permission, Place, RequestInput } from "./permission.ts";
import { structureOf, textOf, textsOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

const ACTIONS: Readonly<Record<string, string>> = {
  Invoke: "InvokeFunction",
  InvokeAsync: "InvokeFunction",
  InvokeWithResponseStream: "InvokeFunction",
  GetLayerVersionByArn: "GetLayerVersion",
};

/** Operations whose resource is the qualified function, where a qualifier is given. */
const QUALIFIED =
  /^(Invoke.*|.*ProvisionedConcurrencyConfig|.*FunctionUrlConfig.*|.*FunctionEventInvokeConfig|.*Permission|GetPolicy)$/;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const findLambdaPermissions: FindPermissions = (operation, input, place) => {
  const permission: Permission = {
    action: `lambda:${ACTIONS[operation] ?? operation}`,
    resource: resourceOf(operation, input, place),
    facts: { ...factsOf(operation, input, place), ...tagFacts(input) },
  };
  return [permission, ...passRole(textOf(input, "Role"), "lambda.amazonaws.com")];
};

function resourceOf(operation: string, input: RequestInput, place: Place): string {
  const layer = textOf(input, "LayerName");
  if (layer !== undefined) return layerArn(layer, input["VersionNumber"], place);
  const mapping = textOf(input, "UUID");
  const base = `arn:aws:lambda:${place.region}:${place.account}`;
  if (mapping !== undefined) return `${base}:event-source-mapping:${mapping}`;
  const named = textOf(input, "FunctionName");
  if (named === undefined) return textOf(input, "Resource", "Arn", "CodeSigningConfigArn") ?? "*";
  return functionArn(named, QUALIFIED.test(operation) ? textOf(input, "Qualifier") : undefined, place);
}

/** The ARN of a function that is named by name, by part of its ARN or by the whole of it, qualified or not. */
export function functionArn(named: string, qualifier: string | undefined, { account, region }: Place): string {
  const match = /^(?:arn:aws[\w-]*:lambda:([\w-]+):)?(?:(\d{12}):)?(?:function:)?([^:]+)(?::([^:]+))?$/.exec(named);
  const [, ownRegion = region, owner = account, name = named, ownQualifier] = match ?? [];
  const arn = `arn:aws:lambda:${ownRegion}:${owner}:function:${name}`;
  const suffix = qualifier ?? ownQualifier;
  return suffix === undefined ? arn : `${arn}:${suffix}`;
}

function layerArn(layer: string, version: unknown, { account, region }: Place): string {
  const arn = layer.startsWith("arn:") ? layer : `arn:aws:lambda:${region}:${account}:layer:${layer}`;
  return typeof version === "number" ? `${arn}:${version}` : arn;
}

function factsOf(operation: string, input: RequestInput, place: Place): Record<string, readonly string[]> {
  const named = textOf(input, "FunctionName");
  const layers = textsOf(input, "Layers");
  const vpc = structureOf(input, "VpcConfig");
  return {
    ...(/EventSourceMapping/.test(operation) &&
      named !== undefined && { "lambda:functionarn": [functionArn(named, undefined, place)] }),
    ...(layers.length > 0 && { "lambda:layer": layers }),
    ...(vpc !== undefined && {
      "lambda:subnetids": textsOf(vpc, "SubnetIds"),
      "lambda:securitygroupids": textsOf(vpc, "SecurityGroupIds"),
    }),
    ...(operation === "AddPermission" && { "lambda:principal": [textOf(input, "Principal") ?? ""] }),
    ...(textOf(input, "FunctionUrlAuthType", "AuthType") !== undefined && {
      "lambda:functionurlauthtype": [textOf(input, "FunctionUrlAuthType", "AuthType") ?? ""],
    }),
  };
}
