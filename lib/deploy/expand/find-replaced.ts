import { isDeepStrictEqual } from "node:util";
import type { Template } from "../../assembly/assembly.ts";
import { withoutPinDefaults } from "../pin-defaults.ts";
import { templateChanges } from "../template-changes.ts";
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
export function findReplaced(
  deployed: Template,
  desired: Template,
  physicalIds: ReadonlyMap<string, string>,
): Replacement[] {
  if (isDeepStrictEqual(contractTemplate(deployed), withoutPinDefaults(desired))) return [];
  return templateChanges(deployed, desired).flatMap(({ logicalId, change }) => {
    const [physicalId, type] = [physicalIds.get(logicalId), deployed.Resources?.[logicalId]?.Type];
    if ((change !== "replace" && change !== "may-replace") || physicalId === undefined || type === undefined) return [];
    return [{ logicalId, type, physicalId, isCertain: change === "replace" }];
  });
}
