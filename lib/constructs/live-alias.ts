import { createHash } from "node:crypto";
import { CfnCondition, CfnDeletionPolicy, CfnParameter, Fn, Lazy, Stack, Token } from "aws-cdk-lib";
import { CfnAlias, type CfnFunction, type CfnVersion, type IFunction, Version } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { addCheck } from "./problems.ts";
import { logicalIdOf } from "./release-registry.ts";
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

const MAX_LOGICAL_ID = 255;
const HASH_LENGTH = 8;

/**
 * Adds a version and an alias to a function. The alias points at the pinned version while the parameter names one, so
 * that updating the stack publishes a version and leaves the traffic alone; without one it points at the new version.
 */
export function addLiveAlias(scope: Construct, props: LiveAliasProps): LiveAlias {
  const { lambda, resource, aliasName, description, provisionedConcurrency } = props;
  const version = new Version(scope, "Version", { lambda, provisionedConcurrentExecutions: provisionedConcurrency });
  const versionResource = version.node.defaultChild as CfnVersion;
  keepWhenReplaced(versionResource, resource);

  const name = nameInStack(scope);
  const parameter = new CfnParameter(scope, "LiveVersion", {
    type: "String",
    default: "",
    allowedPattern: "^[0-9]*$",
    description: `Live version of ${scope.node.path}: a number, or empty for the version of this template`,
  });
  parameter.overrideLogicalId(name("LiveVersion"));
  const isPinned = new CfnCondition(scope, "IsPinned", {
    expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, "")),
  });
  isPinned.overrideLogicalId(name("IsPinned"));

  const alias = new CfnAlias(scope, "Resource", {
    name: aliasName,
    description,
    functionName: lambda.functionName,
    functionVersion: Token.asString(Fn.conditionIf(isPinned.logicalId, parameter.valueAsString, version.version)),
  });
  return { version, versionResource, alias, parameter };
}

/** Each content has a version of its own, which outlives the template that published it. */
function keepWhenReplaced(version: CfnVersion, fn: CfnFunction): void {
  const base = logicalIdOf(version);
  const hash = hashOnceFinal(version, fn);
  version.overrideLogicalId(
    Lazy.uncachedString({ produce: ({ preparing }) => (preparing ? base : `${base}${hash()}`) }),
  );
  version.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  version.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}

/** The hash is asked for wherever the version is referred to. From validation on, nothing changes any more. */
function hashOnceFinal(version: CfnVersion, fn: CfnFunction): () => string {
  let isFinal = false;
  let known: string | undefined;
  addCheck(version, () => {
    isFinal = true;
    known = undefined;
    return [];
  });
  return () => {
    const hash = known ?? versionHash(fn);
    if (isFinal) known = hash;
    return hash;
  };
}

/** Names after the construct's path in its stack; those that could be another path's too end in a hash of it. */
function nameInStack(scope: Construct): (prefix: string) => string {
  const path = scope.node.path.slice(Stack.of(scope).node.path.length + 1);
  const plain = path.replaceAll(/[^A-Za-z0-9]/g, "");
  const hash =
    plain === path ? "" : createHash("sha256").update(path).digest("hex").slice(0, HASH_LENGTH).toUpperCase();
  return (prefix) => `${prefix}${plain.slice(0, MAX_LOGICAL_ID - prefix.length - HASH_LENGTH)}${hash}`;
}
