import type { Aws } from "../aws/aws.ts";
import { remoteError } from "../aws/remote-error.ts";
import { mapConcurrently } from "../util/map-concurrently.ts";
import { membersOf } from "./read-pins.ts";
import { versionOf } from "./live-members.ts";
import type { StackView } from "./stack-view.ts";
import { FunctionVersions } from "./versions/function-versions.ts";

/** A function whose present code is not what its stack deployed, as a dev session replaced it. */
interface DevCode {
  readonly aws: Aws;
  /** The function's name. */
  readonly name: string;
  /** The version that the stack published: it has the code of the deployed template. */
  readonly version: string;
}

const AT_ONCE = 8;

/**
 * The functions whose code a dev session replaced. A stack update publishes what it finds, so that code would be part of
 * the next version although no template names it. A function whose stack's version is gone is left as it is. Changes
 * nothing.
 */
export async function findDevCode(views: readonly StackView[]): Promise<DevCode[]> {
  const candidates = views.flatMap(({ stack, deployedTemplate, physicalIds, target: { aws } }) =>
    membersOf(deployedTemplate, stack.stackName).flatMap((member): DevCode[] => {
      const name = physicalIds.get(member.resource);
      const published = physicalIds.get(member.version);
      if (member.kind !== "function" || name === undefined || published === undefined) return [];
      return [{ aws, name, version: versionOf(member, published) }];
    }),
  );
  const found = await mapConcurrently(candidates, AT_ONCE, async (one) => ((await isReplaced(one)) ? [one] : []));
  return found.flat();
}

/** Gives each function the code of its stack's version again. */
export async function restoreCode(functions: readonly DevCode[], signal: AbortSignal): Promise<void> {
  await mapConcurrently(functions, AT_ONCE, async ({ aws, name, version }) => {
    try {
      await new FunctionVersions(aws).restoreCode({ name }, version, signal);
    } catch (error) {
      throw remoteError("CodeNotRestored", `The code of ${name} cannot be brought back to version ${version}`, error);
    }
  });
}

async function isReplaced({ aws, name, version }: DevCode): Promise<boolean> {
  const versions = new FunctionVersions(aws);
  const [present, published] = await Promise.all([versions.codeHash(name), versions.codeHash(name, version)]);
  return published !== undefined && present !== published;
}
