import type { ResourceDifference, TemplateDiff } from "@aws-cdk/cloudformation-diff";
import type { ReleaseMetadata } from "../assembly/release-metadata.ts";
import type { RemovedMember } from "./member-moves.ts";
import { isVersioned } from "../assembly/versioned-properties.ts";
import type { TemplateChange } from "./template-changes.ts";

/** What a deploy changes of a function or workflow whose alias moves. */
export interface MemberChange {
  readonly path: string;
  /**
   * `added`: its alias is new, and there is no traffic to shift. `changed`: a new version is released. `rewritten`: its
   * values are written in another way; a new version is released only where a value differs.
   * `removed`: it goes with its alias and its versions, after the promotion.
   */
  readonly change: "added" | "changed" | "rewritten" | "removed";
  /** What makes the new version: `code`, or properties as CloudFormation names them. */
  readonly parts: readonly string[];
  /** The rollout that shifts its traffic, for example `Canary10Percent5Minutes`. Absent for an added one. */
  readonly rollout?: string;
  /** Path of the removed one with the same code. Of an added one. */
  readonly renamedFrom?: string;
  /** Path of the added one with the same code. Of a removed one. */
  readonly renamedTo?: string;
}

/** The members that get a new version, from what an update of their stack changes. */
export function memberChanges(
  release: ReleaseMetadata | undefined,
  changes: readonly TemplateChange[],
  removed: readonly RemovedMember[] = [],
): MemberChange[] {
  const byId = new Map(changes.map((change) => [change.logicalId, change]));
  const present = (release?.members ?? []).flatMap(({ path, version, alias, resource, shift }): MemberChange[] => {
    const parts = (byId.get(resource)?.properties ?? []).map(partOf);
    if (byId.get(version)?.change !== "add") {
      const versioned = parts.filter(isVersioned);
      return versioned.length === 0 ? [] : [{ path, change: "rewritten", parts: versioned }];
    }
    if (byId.get(alias)?.change === "add") {
      const renamed = removed.find(({ renamedTo }) => renamedTo === path);
      return [{ path, change: "added", parts: [], ...(renamed && { renamedFrom: renamed.path }) }];
    }
    const rollout = shift === "all-at-once" ? "AllAtOnce" : (release?.policy.name ?? "AllAtOnce");
    return [{ path, change: "changed", parts, rollout }];
  });
  return [...present, ...removed.map((one): MemberChange => ({ ...one, change: "removed", parts: [] }))];
}

/** One line for each, in plain words. */
export function renderMemberChange({ path, change, parts, rollout, renamedFrom, renamedTo }: MemberChange): string {
  if (change === "added" && renamedFrom !== undefined)
    return `${path}: new, with the code of ${renamedFrom}, which is removed. To AWS it is another function: it takes all traffic at once, without a canary. Keep the construct's id to keep its versions`;
  if (change === "added") return `${path}: new, takes all traffic from its first version on`;
  if (change === "removed") {
    const why = renamedTo === undefined ? "" : `, as ${renamedTo} takes its place`;
    return `${path}: removed after the promotion${why}. Its versions go with it: a rollback does not bring it back`;
  }
  if (change === "rewritten")
    return `${path}: ${parts.join(", ")} written in another way → a new version only where a value differs`;
  const what = parts.length === 0 ? "what it refers to" : parts.join(", ");
  const how = rollout === "AllAtOnce" ? "moved all at once" : `shifted by ${rollout}`;
  return `${path}: ${what} changed → new version, ${how}`;
}

/** A difference for people: without the metadata, versions and pins that every release moves. */
export function hideReleaseParts(release: ReleaseMetadata | undefined, diff: TemplateDiff): void {
  diff.metadata.remove("Tidegate::Release");
  for (const { version, alias } of release?.members ?? []) {
    diff.resources.remove(version);
    if (diff.resources.has(alias) && isPinMove(diff.resources.get(alias))) diff.resources.remove(alias);
  }
  const isOldVersion = (one: ResourceDifference) => one.isRemoval && one.oldResourceType?.endsWith("Version") === true;
  for (const [id, one] of Object.entries(diff.resources.changes)) if (isOldVersion(one)) diff.resources.remove(id);
}

function partOf(property: string): string {
  return property === "Code" || property.startsWith("Definition") ? "code" : property;
}

/** The alias refers to the new version, and nothing else of it changes. */
function isPinMove(difference: ResourceDifference): boolean {
  const names = Object.keys(difference.propertyUpdates);
  return (
    difference.isUpdate &&
    names.every((name) => /^(FunctionVersion|RoutingConfiguration|DeploymentPreference)$/.test(name))
  );
}
