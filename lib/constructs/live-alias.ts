import { type CfnParameter, Fn, Token } from "aws-cdk-lib";
import { CfnAlias, type CfnFunction, type CfnVersion, type IFunction, Version } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { addPin, keepWhenReplaced } from "./pinned-version.ts";
import { versionHash } from "./version-hash.ts";

/** What an alias of a function needs. */
export interface LiveAliasProps {
  readonly lambda: IFunction;
  readonly resource: CfnFunction;
  readonly aliasName: string;
  readonly description?: string;
  readonly provisionedConcurrency?: number;
}

/** A version published from the template, the alias before it, and the parameter that pins what is live. */
export interface LiveAlias {
  readonly version: Version;
  readonly versionResource: CfnVersion;
  readonly alias: CfnAlias;
  readonly parameter: CfnParameter;
}

/**
 * Adds a version and an alias to a function. The alias points at the pinned version while the parameter names one, so
 * that updating the stack publishes a version and leaves the traffic alone; without one it points at the new version.
 */
export function addLiveAlias(scope: Construct, props: LiveAliasProps): LiveAlias {
  const { lambda, resource, aliasName, description, provisionedConcurrency } = props;
  const version = new Version(scope, "Version", { lambda, provisionedConcurrentExecutions: provisionedConcurrency });
  const versionResource = version.node.defaultChild as CfnVersion;
  keepWhenReplaced(versionResource, () => versionHash(resource));

  const { parameter, isPinned } = addPin(scope, "^[0-9]*$", "a number");
  const alias = new CfnAlias(scope, "Resource", {
    name: aliasName,
    description,
    functionName: lambda.functionName,
    functionVersion: Token.asString(Fn.conditionIf(isPinned.logicalId, parameter.valueAsString, version.version)),
  });
  return { version, versionResource, alias, parameter };
}
