import { describeOld } from "../../release/engine.ts";
import type { Expansion } from "./expansion.ts";

/** Types of which a stage widens only what they permit. */
const PERMISSIONS = /^AWS::IAM::|Policy$|^AWS::KMS::/;

/** What older versions may need of a stack and newer ones do not: resources, grants and targets. */
export function describeExpansion(stackName: string, expansion: Expansion): string[] {
  return [
    ...describeHeld(stackName, expansion),
    ...expansion.replaced.map((one) => describeOld({ stackName, ...one })),
    ...describeNarrowed(stackName, expansion),
  ];
}

/** The same without old resources of replaced ones: a contraction does not touch these. */
export function describeContracted(stackName: string, expansion: Expansion): string[] {
  return [...describeHeld(stackName, expansion), ...describeNarrowed(stackName, expansion)];
}

function describeHeld(stackName: string, { held }: Expansion): string[] {
  return Object.entries(held).map(([id, { type }]) => `${stackName}.${id} (${type})`);
}

function describeNarrowed(stackName: string, { replaced, restore }: Expansion): string[] {
  const replacedIds = new Set(replaced.map(({ logicalId }) => logicalId));
  return Object.entries(restore).flatMap(([id, { Type }]) => {
    const what = PERMISSIONS.test(Type) ? "permissions" : "settings";
    return replacedIds.has(id) ? [] : [`older ${what} of ${stackName}.${id} (${Type})`];
  });
}
