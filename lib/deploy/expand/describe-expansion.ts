import type { Expansion } from "./expansion.ts";

/** Types of which a stage widens only what they permit. */
const PERMISSIONS = /^AWS::IAM::|Policy$|^AWS::KMS::/;

/** What older versions may need of a stack and newer ones do not: resources, grants and targets. */
export function describeExpansion(stackName: string, { held, replaced, restore }: Expansion): string[] {
  const replacedIds = new Set(replaced.map(({ logicalId }) => logicalId));
  const narrowed = Object.entries(restore).filter(([id]) => !replacedIds.has(id));
  return [
    ...Object.entries(held).map(([id, { type }]) => `${stackName}.${id} (${type})`),
    ...replaced.map(({ logicalId, type, physicalId }) => `${stackName}.${logicalId} (${type}) as ${physicalId}`),
    ...narrowed.map(
      ([id, { Type }]) =>
        `older ${PERMISSIONS.test(Type) ? "permissions" : "settings"} of ${stackName}.${id} (${Type})`,
    ),
  ];
}
