import { createHash } from "node:crypto";
import { CfnCondition, CfnDeletionPolicy, CfnParameter, type CfnResource, Fn, Lazy, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { addCheck } from "./problems.ts";
import { logicalIdOf } from "./release-registry.ts";

/** The parameter that pins what is live, and the condition that it does. */
export interface Pin {
  readonly parameter: CfnParameter;
  readonly isPinned: CfnCondition;
}

const MAX_LOGICAL_ID = 255;
const HASH_LENGTH = 8;

/**
 * Adds the parameter by which a deploy keeps the traffic on the version that is live. The default lets any tool make the
 * stack; `deploy` leaves it out of the template that it deploys, so that no later update can take it.
 */
export function addPin(scope: Construct, allowedPattern: string, what: string): Pin {
  const name = nameInStack(scope);
  const parameter = new CfnParameter(scope, "LiveVersion", {
    type: "String",
    default: "",
    allowedPattern,
    description: `Live version of ${scope.node.path}: ${what}, or empty for the version of this template`,
  });
  parameter.overrideLogicalId(name("LiveVersion"));
  const isPinned = new CfnCondition(scope, "IsPinned", {
    expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, "")),
  });
  isPinned.overrideLogicalId(name("IsPinned"));
  return { parameter, isPinned };
}

/** Each content has a version of its own, which outlives the template that published it. */
export function keepWhenReplaced(version: CfnResource, hashOf: () => string): void {
  const base = logicalIdOf(version);
  const hash = hashOnceFinal(version, hashOf);
  version.overrideLogicalId(
    Lazy.uncachedString({ produce: ({ preparing }) => (preparing ? base : `${base}${hash()}`) }),
  );
  version.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  version.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}

/** The hash is needed wherever the version is referred to. After validation, nothing changes. */
function hashOnceFinal(version: CfnResource, hashOf: () => string): () => string {
  let isFinal = false;
  let known: string | undefined;
  addCheck(version, () => {
    isFinal = true;
    known = undefined;
    return [];
  });
  return () => {
    const hash = known ?? hashOf();
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
