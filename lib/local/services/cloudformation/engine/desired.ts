import type { Scope } from "../../../../template/value-scope.ts";
import { evaluate } from "../../../../template/intrinsics.ts";
import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { Cloud } from "../../../service.ts";
import type { LiveResource } from "../model.ts";
import type { RevisionPlan } from "../plan.ts";
import { coerceProperties, findPropertyProblems } from "../schema/properties.ts";
import { resourceSchema } from "../schema/resource-schema.ts";
import { resolveDynamicReferences, type DynamicSources } from "../../../../template/dynamic-references.ts";
import type { ResourceDeclaration } from "../../../../template/template.ts";
import { resourceType } from "../types/registry.ts";
import type { Properties } from "../types/resource-type.ts";
import { sameValue } from "../types/tolerate.ts";

/** A resource's desired properties, in the schema's types; `{{resolve:…}}` still in them. */
export function desiredProperties(plan: RevisionPlan, declaration: ResourceDeclaration): Properties {
  return propertiesIn(plan.scope, declaration);
}

/** As `desiredProperties`, with secrets masked: for events and change sets. */
export function shownProperties(plan: RevisionPlan, declaration: ResourceDeclaration): Properties {
  return propertiesIn(plan.shownScope, declaration);
}

function propertiesIn(scope: Scope, declaration: ResourceDeclaration): Properties {
  const evaluated = evaluate(declaration.properties, scope) as Record<string, unknown>;
  return coerceProperties(resourceSchema(declaration.type), evaluated);
}

/** What a step is to bring a resource to. */
export interface Wanted {
  readonly desired: Properties;
  /** The same as it may be shown; undefined where it holds no secret. */
  readonly shown: Properties | undefined;
  readonly revisionId: string;
}

/** The desired state of a resource in a revision, now. */
export function wantedOf(plan: RevisionPlan, declaration: ResourceDeclaration): Wanted {
  const desired = desiredProperties(plan, declaration);
  const shown = plan.shownScope === plan.scope ? undefined : shownProperties(plan, declaration);
  return { desired, shown: sameValue(desired, shown) ? undefined : shown, revisionId: plan.revision.id };
}

/** A physical resource's properties as they may be shown. */
export function shownOf(live: LiveResource | undefined): Properties | undefined {
  return live?.shown ?? live?.properties;
}

/** Refuses properties that the type's schema does not take, in AWS's words. */
export function checkProperties(type: string, properties: Properties): void {
  const schema = resourceSchema(type);
  const problems = [
    ...(schema ? findPropertyProblems(schema, properties) : []),
    ...(resourceType(type)?.validate?.(properties) ?? []),
  ];
  if (problems.length === 0) return;
  throw new AwsError("ValidationError", `Property validation failure: [${problems.join(", ")}]`);
}

/** The properties as the resource's service gets them: dynamic references looked up. */
export async function resolveProperties(properties: Properties, cloud: Cloud, region: string): Promise<Properties> {
  return (await resolveDynamicReferences(properties, dynamicSources(cloud, region))) as Properties;
}

function dynamicSources(cloud: Cloud, region: string): DynamicSources {
  return {
    ssm: async (name, version, secure) => {
      const Name = version === undefined ? name : `${name}:${version}`;
      try {
        const found = await cloud.call("ssm", "GetParameter", { Name, WithDecryption: secure }, { region });
        return found.Parameter?.Value;
      } catch (error) {
        if (isAwsError(error, "ParameterNotFound", "ParameterVersionNotFound")) return undefined;
        throw error;
      }
    },
    secret: async (SecretId, VersionStage, VersionId) => {
      const input = { SecretId, VersionStage, VersionId };
      const found = await cloud.call("secrets-manager", "GetSecretValue", input, { region });
      return found.SecretString ?? "";
    },
  };
}
