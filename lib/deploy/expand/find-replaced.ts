import { isDeepStrictEqual } from "node:util";
import type { Template } from "../../assembly/assembly.ts";
import { withoutPinDefaults } from "../pin-defaults.ts";
import { contractTemplate } from "./contract-template.ts";
import type { ReplacedResource } from "./expansion.ts";

/** A resource that an update of its stack replaces. */
export interface Replacement extends ReplacedResource {
  /** False where it depends on values that only the update knows. */
  readonly isCertain: boolean;
}

/**
 * The resources that CloudFormation replaces when the desired template takes the place of the deployed one, by what
 * AWS's resource specification says of each property, and of what refers to what is replaced.
 */
export async function findReplaced(
  deployed: Template,
  desired: Template,
  physicalIds: ReadonlyMap<string, string>,
): Promise<Replacement[]> {
  if (isDeepStrictEqual(contractTemplate(deployed), withoutPinDefaults(desired))) return [];
  const { fullDiff, ResourceImpact } = await import("@aws-cdk/cloudformation-diff");
  const changes = fullDiff(structuredClone(deployed), structuredClone(desired)).resources.changes;
  return Object.entries(changes).flatMap(([logicalId, { changeImpact, oldResourceType: type }]) => {
    const physicalId = physicalIds.get(logicalId);
    const isCertain = changeImpact === ResourceImpact.WILL_REPLACE;
    if ((!isCertain && changeImpact !== ResourceImpact.MAY_REPLACE) || physicalId === undefined) return [];
    return type === undefined ? [] : [{ logicalId, type, physicalId, isCertain }];
  });
}
