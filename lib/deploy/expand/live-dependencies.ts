import type { Template } from "../../assembly/assembly.ts";
import { releaseMetadataOf } from "../../assembly/read-template.ts";
import type { ReleaseMember } from "../../assembly/release-metadata.ts";
import { Deliveries } from "./deliveries.ts";
import { expansionOf } from "./expansion.ts";
import { namesIn, ResourceGraph } from "./resource-graph.ts";
import { roleGrantsOf } from "./role-grants.ts";

/** Resources that a live version may depend on, by logical id, each with the reason for people. */
export type Dependencies = ReadonlyMap<string, string>;

/** A grant to use any resource of some types, regardless of its name. */
export interface OpenGrant {
  /** Path of the member whose role has it. */
  readonly path: string;
  /** Prefix of the resource types, for example `AWS::SQS::`. */
  readonly types: string;
}

/** The grants without a named resource that the live members of a deployed template have. */
export function openGrantsOf(template: Template): OpenGrant[] {
  return liveMembers(template).flatMap((member) =>
    roleGrantsOf(template, member).open.map((types) => ({ path: member.path, types })),
  );
}

/**
 * What the live versions of a deployed template may depend on. `open` are the grants without a named resource of all
 * stacks of the app. What an earlier stage held back stays, and so does what other stacks may import.
 */
export function liveDependencies(template: Template, open: readonly OpenGrant[]): Dependencies {
  const graph = new ResourceGraph(template);
  const found = new Map<string, string>();
  const add = (ids: Iterable<string>, why: string) => {
    for (const id of ids) if (!found.has(id)) found.set(id, why);
  };
  for (const [id, { why }] of Object.entries(expansionOf(template)?.held ?? {})) add([id], why);
  const members = liveMembers(template);
  for (const member of members) {
    add(graph.needsOf(roleGrantsOf(template, member).sources), `the role of ${member.path} may use it`);
  }
  for (const member of members) add(graph.needsOf(ownIds(member)), `${member.path} refers to it`);
  const deliveries = new Deliveries(template);
  for (const { alias, resource, path } of members) {
    const users = graph.usersOf([alias, resource]);
    const leading = deliveries.leadingTo([alias, resource, ...users]);
    add([...users, ...graph.needsOf([...users, ...leading])], `it leads to ${path}`);
  }
  const exported = exportedIds(template);
  add(graph.needsOf([...exported, ...deliveries.leadingTo(exported)]), "another stack may import it");
  for (const [id, { Type }] of Object.entries(template.Resources ?? {})) {
    const grant = open.find(({ types }) => Type.startsWith(types));
    if (grant !== undefined) add(graph.needsOf([id]), `the role of ${grant.path} may use it by its name`);
  }
  return found;
}

/** The members that the deployed template has an alias for. */
function liveMembers(template: Template): readonly ReleaseMember[] {
  const members = releaseMetadataOf(template)?.members ?? [];
  return members.filter(({ alias }) => template.Resources?.[alias] !== undefined);
}

function ownIds({ resource, version, alias }: ReleaseMember): string[] {
  return [resource, version, alias];
}

function exportedIds({ Outputs = {} }: Template): string[] {
  return Object.values(Outputs).flatMap((output) => (isExported(output) ? namesIn(output.Value) : []));
}

/** Whether an output is exported to other stacks. */
export function isExported(output: unknown): output is { readonly Export: unknown; readonly Value: unknown } {
  return typeof output === "object" && output !== null && "Export" in output && "Value" in output;
}
