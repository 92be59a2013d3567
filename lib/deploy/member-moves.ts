import { isDeepStrictEqual } from "node:util";
import type { Template } from "../assembly/assembly.ts";
import { releaseMetadataOf } from "../assembly/read-template.ts";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import { versionedProperties } from "../assembly/versioned-properties.ts";

/** A function or workflow that a template no longer has. */
export interface RemovedMember {
  readonly path: string;
  /** Path of a new one with the same code: it was renamed. */
  readonly renamedTo?: string;
}

/**
 * The functions and workflows that the deployed template has and the new one does not. One that only has another construct
 * id is removed too: its logical id is another one, and with it the physical function, its versions and its alias.
 */
export function removedMembers(deployed: Template, desired: Template): RemovedMember[] {
  const [before, after] = [membersOf(deployed), membersOf(desired)];
  const isIn = (members: readonly ReleaseMember[], { resource }: ReleaseMember) =>
    members.some((one) => one.resource === resource);
  const added = after.filter((member) => !isIn(before, member));
  return before.flatMap((member): RemovedMember[] => {
    if (isIn(after, member)) return [];
    const same = added.find((one) => one.kind === member.kind && isSameCode([deployed, member], [desired, one]));
    return [{ path: member.path, ...(same === undefined ? {} : { renamedTo: same.path }) }];
  });
}

function membersOf(template: Template): readonly ReleaseMember[] {
  return releaseMetadataOf(template)?.members ?? [];
}

type Place = readonly [Template, ReleaseMember];

function isSameCode(one: Place, other: Place): boolean {
  const [first, second] = [codeOf(one), codeOf(other)];
  return Object.values(first).some((part) => part !== undefined) && isDeepStrictEqual(first, second);
}

/** What runs: the code and its entry, or the definition. */
function codeOf([{ Resources = {} }, { resource }]: Place) {
  const { Code, Handler, DefinitionString, DefinitionS3Location } = versionedProperties(
    Resources[resource]?.Properties ?? {},
  );
  return { Code, Handler, DefinitionString, DefinitionS3Location };
}
