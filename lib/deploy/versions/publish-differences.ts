import type { Aws } from "../../aws/aws.ts";
import { hasRemoteCode, remoteError } from "../../aws/remote-error.ts";
import { RemoteError } from "../../errors.ts";
import type { IoHost } from "../../io/message.ts";
import type { StagedMember } from "../../release/engine.ts";
import { mapConcurrently } from "../../util/map-concurrently.ts";
import { FunctionVersions } from "./function-versions.ts";
import { StateMachineVersions } from "./state-machine-versions.ts";
import { differingProperties, type VersionContent, type VersionReader } from "./version-content.ts";

const MEMBERS_AT_ONCE = 8;
/** The difference of a version that was deleted. */
const DELETED = "existence";

/** A member whose published version is compared with its present state. */
export type ComparedMember = Pick<StagedMember, "path" | "next"> & {
  readonly target: Pick<StagedMember["target"], "kind" | "name">;
};

/**
 * Makes each staged version equal to the stack's present function or state machine. The template's version follows the
 * text of the template; the values in it (parameters, imports, dynamic references, a resource that was replaced behind
 * its name) appear in the present state only. Where the two differ, the present state is published, and the release
 * continues with that version.
 */
export async function publishDifferences<M extends ComparedMember>(
  aws: Aws,
  members: readonly M[],
  { host, signal }: { readonly host: IoHost; readonly signal: AbortSignal },
): Promise<M[]> {
  const readers = versionReaders(aws);
  return mapConcurrently(members, MEMBERS_AT_ONCE, async (member) => {
    const { path, target, next } = member;
    const reader = readers[target.kind];
    try {
      const differing = await differencesOf(reader, target.name, next);
      if (differing.length === 0) return member;
      const published = await reader.publish(target, signal);
      await refuseDifferent(reader, member, published);
      const reason = differing.includes(DELETED) ? `${next} was deleted` : `they differ in ${differing.join(", ")}`;
      const text = `${path}: version ${published} is released, not ${next}: ${reason}`;
      host.notify({ code: "VersionPublished", level: "info", text, data: { path, next, published, differing } });
      return { ...member, next: published };
    } catch (error) {
      throw remoteError(
        "VersionNotCompared",
        `${path}: what is deployed cannot be compared with version ${next}`,
        error,
      );
    }
  });
}

/** Whether each member's version holds what is deployed now. Changes nothing. */
export async function areVersionsCurrent(aws: Aws, members: readonly ComparedMember[]): Promise<boolean> {
  const readers = versionReaders(aws);
  const found = await mapConcurrently(members, MEMBERS_AT_ONCE, ({ target, next }) =>
    differencesOf(readers[target.kind], target.name, next),
  );
  return found.every((differing) => differing.length === 0);
}

function versionReaders(aws: Aws): Record<ComparedMember["target"]["kind"], VersionReader> {
  return { function: new FunctionVersions(aws), "state-machine": new StateMachineVersions(aws) };
}

async function differencesOf(reader: VersionReader, name: string, version: string): Promise<string[]> {
  const [present, published] = await Promise.all([
    reader.read({ name }, undefined),
    readVersion(reader, name, version),
  ]);
  return published === undefined ? [DELETED] : differingProperties(present, published);
}

/** Undefined where the version was deleted: a stack keeps its version while releases publish newer ones and prune. */
async function readVersion(reader: VersionReader, name: string, version: string): Promise<VersionContent | undefined> {
  try {
    return await reader.read({ name }, version);
  } catch (error) {
    if (hasRemoteCode(error, "ResourceNotFoundException", "StateMachineDoesNotExist")) return undefined;
    throw error;
  }
}

/** A version that AWS takes for the present state and that still differs cannot be released as what was deployed. */
async function refuseDifferent(
  reader: VersionReader,
  { path, target }: ComparedMember,
  version: string,
): Promise<void> {
  const differing = await differencesOf(reader, target.name, version);
  if (differing.length === 0) return;
  throw new RemoteError(
    "VersionDiffers",
    `${path}: version ${version} of ${target.name} is not what is deployed: it differs in ${differing.join(", ")}`,
    { fix: "Traffic was not moved. Another client may be changing the function; deploy again when it has finished." },
  );
}
