import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import { type Expansion, expansionOf, type ReplacedResource } from "./expansion.ts";
import type { Replacement } from "./find-replaced.ts";
import { canOutliveLogicalId, withPhysicalValues } from "./physical-values.ts";

type Resources = Readonly<Record<string, TemplateResource>>;

/** The deployed resources with each reference to a replaced one written out as the old one's value. */
export interface PhysicalTemplate {
  readonly template: Template;
  /** References whose value is not known, by the logical id of the resource that has them. */
  readonly unnamed: ReadonlyMap<string, readonly string[]>;
}

/** Writes out what refers to a resource that a stage replaces: after the stage its logical id means the new one. */
export function physicalTemplate(deployed: Template, replacements: readonly Replacement[]): PhysicalTemplate {
  if (replacements.length === 0) return { template: deployed, unnamed: new Map() };
  const replaced = new Map(replacements.map((replacement) => [replacement.logicalId, replacement]));
  const unnamed = new Map<string, string[]>();
  const resources = Object.entries(deployed.Resources ?? {}).map(([id, resource]) => {
    const missing: string[] = [];
    const written = withPhysicalValues(resource, replaced, (reference) => void missing.push(reference));
    unnamed.set(id, missing);
    return [id, written] as const;
  });
  return { template: { ...deployed, Resources: Object.fromEntries(resources) }, unnamed };
}

/** The new resources of replaced ones, set to leave the old physical resources alone. */
export function retainReplaced(desired: Resources, replacements: readonly Replacement[]): Resources {
  const entries = replacements.flatMap(({ logicalId, type }) => {
    const resource = desired[logicalId];
    if (resource === undefined || isRetained(resource) || !canOutliveLogicalId(type)) return [];
    return [[logicalId, { ...resource, UpdateReplacePolicy: "Retain" }] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * The resources to delete after the promotion: old physical resources of this stage and of earlier ones that were not
 * promoted, except those that are set to be retained.
 */
export function replacedBy(
  deployed: Template,
  desired: Template,
  replacements: readonly Replacement[],
): Expansion["replaced"] {
  const earlier = expansionOf(deployed)?.replaced ?? [];
  const retained = retainReplaced(desired.Resources ?? {}, replacements);
  const now = replacements
    .filter(({ logicalId }) => retained[logicalId] !== undefined)
    .map(({ logicalId, type, physicalId }): ReplacedResource => ({ logicalId, type, physicalId }));
  return [...earlier, ...now];
}

/**
 * A permission that is replaced, beside the new one under a logical id of its own: AWS makes the ids of its statements
 * itself, so both can exist.
 */
export function replacedPermissions(deployed: Template, replacements: readonly Replacement[]): Resources {
  const entries = replacements.flatMap(({ logicalId, type }) => {
    const resource = deployed.Resources?.[logicalId];
    return type === "AWS::Lambda::Permission" && resource !== undefined
      ? [[`${logicalId}Held`, resource] as const]
      : [];
  });
  return Object.fromEntries(entries);
}

function isRetained({ UpdateReplacePolicy: policy }: TemplateResource): boolean {
  return policy === "Retain" || policy === "Snapshot";
}
