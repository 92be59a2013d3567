import { parseTemplate, releaseMetadataOf } from "../assembly/read-template.ts";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import { versionOf } from "./live-members.ts";
import type { StackClients } from "./stack-clients.ts";
import { readDeployedTemplate, readPhysicalIds, readStackState, type StackState } from "./stack-state.ts";

/**
 * The version that a stack last gave each of its aliases, by member path: the pin parameter's value or, where that is
 * empty, the version of the template that is deployed. CloudFormation restores it when it rolls an update back.
 */
export async function readPins(
  { deployRole, caller }: StackClients,
  stackName: string,
): Promise<ReadonlyMap<string, string>> {
  const state = await readStackState(deployRole, stackName);
  const text = state && (await readDeployedTemplate(deployRole, stackName));
  if (state === undefined || text === undefined) return new Map();
  const members = membersOf(text, stackName);
  const named = pinsByParameter(members, state);
  if (named.size === members.length) return named;
  const ids = await readPhysicalIds(caller, stackName);
  return new Map(
    members.flatMap((member) => {
      const published = ids.get(member.version);
      const pin = named.get(member.path) ?? (published === undefined ? undefined : versionOf(member, published));
      return pin === undefined ? [] : [[member.path, pin] as const];
    }),
  );
}

/** The members of a deployed template. One that another tool deployed may be YAML: no pin of ours is in it. */
export function membersOf(text: string | undefined, stackName: string): readonly ReleaseMember[] {
  if (text?.trimStart().startsWith("{") !== true) return [];
  return releaseMetadataOf(parseTemplate(text, stackName))?.members ?? [];
}

/** The pins that a stack's parameters name. */
export function pinsByParameter(
  members: readonly Pick<ReleaseMember, "path" | "parameter">[],
  { parameters }: Pick<StackState, "parameters">,
): ReadonlyMap<string, string> {
  return new Map(
    members.flatMap(({ path, parameter }) => {
      const value = parameters[parameter] ?? "";
      return value === "" ? [] : [[path, value] as const];
    }),
  );
}
