import { movingMembers } from "./decide/members.ts";
import type { NewEvent } from "./events.ts";
import type { AliasShape, OldResource, Release } from "./model.ts";
import type { ReplacedByStage } from "./ports/stack-port.ts";

/**
 * The old resources that a release knows of once it is staged: those of earlier releases, and those that its own stage
 * replaced. The versions that this release brings do not need any that its stage lists.
 */
export function withReplaced(release: Release, replaced: readonly ReplacedByStage[] = []): Release {
  const after = movingMembers(release).flatMap(({ target, next }) =>
    target === undefined || next === undefined ? [] : [{ target, version: next }],
  );
  const now = new Map(replaced.map((one) => [keyOf(one), one]));
  const known = release.oldResources ?? [];
  const earlier = known.map((one) => (now.has(keyOf(one)) && after.length > 0 ? { ...one, after } : one));
  const keys = new Set(known.map(keyOf));
  const added = [...now].flatMap(([key, one]) => (keys.has(key) ? [] : [{ ...one, after }]));
  const oldResources = [...earlier, ...added];
  return oldResources.length === 0 ? release : { ...release, oldResources };
}

function keyOf({ region = "", stackName, logicalId, physicalId }: ReplacedByStage): string {
  return JSON.stringify([region, stackName, logicalId, physicalId]);
}

/** Whether an alias still serves a version from before the one that no longer needs an old resource. */
export function servesOlder({ primary, additional }: AliasShape, version: string): boolean {
  const served = additional === undefined ? [primary] : [primary, additional.version];
  return served.some((one) => numberOf(one) < numberOf(version));
}

/** A version's number: the versions of functions are numbers, those of state machines are ARNs that end with one. */
function numberOf(version: string): number {
  return Number(version.slice(version.lastIndexOf(":") + 1));
}

/** The release after a try to delete its old resources. What is gone counts as contracted: older versions may miss it. */
export function withDeletedOld(
  release: Release,
  deleted: readonly OldResource[],
  left: readonly OldResource[],
): Release {
  const { oldResources: _before, ...others } = release;
  const contracted = [...new Set([...(release.contracted ?? []), ...deleted.map(describeOld)])];
  return {
    ...others,
    ...(left.length > 0 && { oldResources: left }),
    ...(contracted.length > 0 && { contracted }),
  };
}

/** What became of the old resources, as the journal records it. */
export function deletionNews(deleted: readonly OldResource[], left: readonly OldResource[]): NewEvent[] {
  const gone = deleted.map(describeOld).join(", ");
  const stays = left.map((one) => `${describeOld(one)}: ${one.problem ?? "it is needed"}`).join("; ");
  const news: NewEvent[] = [];
  if (deleted.length > 0)
    news.push({ code: "OldResourcesDeleted", text: `replaced resources were deleted: ${gone}`, trigger: "policy" });
  if (left.length > 0)
    news.push({ code: "OldResourcesLeft", text: `replaced resources stay: ${stays}`, trigger: "policy" });
  return news;
}

/** An old resource in one phrase, for people. */
export function describeOld({ stackName, logicalId, type, physicalId }: Omit<ReplacedByStage, "region">): string {
  return `${stackName}.${logicalId} (${type}) as ${physicalId}`;
}
