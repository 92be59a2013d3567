import type { Expansion } from "./expansion.ts";

/** What older versions may need of a stack and newer ones do not: resources, and grants that will be narrowed. */
export function describeExpansion(stackName: string, { held, replaced, restore }: Expansion): string[] {
  const replacedIds = new Set(replaced.map(({ logicalId }) => logicalId));
  const narrowed = Object.entries(restore).filter(([id]) => !replacedIds.has(id));
  return [
    ...Object.entries(held).map(([id, { type }]) => `${stackName}.${id} (${type})`),
    ...replaced.map(({ logicalId, type, physicalId }) => `${stackName}.${logicalId} (${type}) as ${physicalId}`),
    ...narrowed.map(([id, { Type }]) => `older permissions of ${stackName}.${id} (${Type})`),
  ];
}
