import { NO_VALUE, type Scope } from "./value-scope.ts";
import { evaluate } from "./intrinsics.ts";
import { TemplateError } from "./template-error.ts";
import { parameterRef, type StackParameter } from "./parameters.ts";
import type { Template } from "./template.ts";

/** Who and where a stack is: what the pseudo parameters say. */
export interface StackIdentity {
  readonly account: string;
  readonly region: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly notificationArns: readonly string[];
}

/** How the resources of a stack answer `Ref` and `Fn::GetAtt`. */
export interface ResourceValues {
  ref(logicalId: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  importValue(name: string): unknown;
}

/** The values of the names in a template, with these parameters and these resources. */
export function buildScope(
  template: Template,
  parameters: readonly StackParameter[],
  identity: StackIdentity,
  resources: ResourceValues,
): Scope {
  const names = new Map<string, unknown>(pseudoParameters(identity));
  for (const parameter of parameters) {
    const declaration = template.parameters.get(parameter.key);
    if (declaration) names.set(parameter.key, parameterRef(declaration, parameter));
  }
  const conditions = new Map<string, boolean | "under way">();
  const scope: Scope = {
    region: identity.region,
    ref: (name) => (names.has(name) ? names.get(name) : resources.ref(name)),
    getAtt: (logicalId, attribute) => resources.getAtt(logicalId, attribute),
    mapping: (map, key, attribute) => template.mappings.get(map)?.get(key)?.get(attribute),
    importValue: (name) => resources.importValue(name),
    condition: (name) => {
      const known = conditions.get(name);
      if (typeof known === "boolean") return known;
      if (known !== undefined) throw new TemplateError(`Template error: Circular dependency in condition ${name}`);
      if (!template.conditions.has(name))
        throw new TemplateError(`Template error: unresolved condition dependency ${name}`);
      conditions.set(name, "under way");
      const value = evaluate(template.conditions.get(name), scope);
      const holds = value === true || value === "true";
      conditions.set(name, holds);
      return holds;
    },
  };
  return scope;
}

function pseudoParameters(identity: StackIdentity): [string, unknown][] {
  return [
    ["AWS::AccountId", identity.account],
    ["AWS::Region", identity.region],
    ["AWS::Partition", "aws"],
    ["AWS::URLSuffix", "amazonaws.com"],
    ["AWS::StackId", identity.stackId],
    ["AWS::StackName", identity.stackName],
    ["AWS::NotificationARNs", [...identity.notificationArns]],
    ["AWS::NoValue", NO_VALUE],
  ];
}
