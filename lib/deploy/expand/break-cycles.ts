import type { TemplateResource } from "../../assembly/assembly.ts";
import { STAYING_VALUES, withPhysicalValues } from "./physical-values.ts";
import { ResourceGraph, targetsOf } from "./resource-graph.ts";

type Resources = Readonly<Record<string, TemplateResource>>;

/** What a stage adds to a template, and what is needed to name the deployed resources by their values. */
export interface CycleInput {
  /** The resources as they were synthesized. */
  readonly desired: Resources;
  /** The resources that the stage has otherwise, or in addition: widened and held ones. */
  readonly added: Resources;
  /** Physical ids of the deployed resources, by logical id. */
  readonly physicalIds: ReadonlyMap<string, string>;
}

/** The added resources without the references that closed a cycle. */
export interface Acyclic {
  readonly added: Resources;
  /** Targets of the references that were written out as values, by the logical id of the resource that had them. */
  readonly writtenOut: Readonly<Record<string, readonly string[]>>;
  /** Cycles that remain, because a value is not known: sentences for people, without a full stop. */
  readonly problems: readonly string[];
}

/** A reference of one resource to another that only the deployed template has. */
interface Edge {
  readonly from: string;
  readonly to: string;
}

/**
 * Breaks the cycles that added resources make with the synthesized ones, which CloudFormation refuses. Each has a
 * reference that only the deployed template had, to a resource that exists and that the stage does not replace. Its
 * value is known before the stage, so it is written out. References to resources that are held too are the last to be
 * written out: they order the deletions after the promotion.
 */
export function breakCycles({ desired, added, physicalIds }: CycleInput): Acyclic {
  const current: Record<string, TemplateResource> = { ...added };
  const writtenOut: Record<string, string[]> = {};
  const remaining: (Edge & { readonly references: readonly string[] })[] = [];
  const isCircular = ({ from, to }: Edge, graph = graphOf(desired, current)) => graph.needsOf([to]).has(from);
  const graph = graphOf(desired, added);
  for (const edge of addedEdges(desired, added).filter((one) => isCircular(one, graph))) {
    const { from, to } = edge;
    const [resource, target] = [current[from], added[to] ?? desired[to]];
    if (resource === undefined || target === undefined || !isCircular(edge)) continue;
    const written = writeOut(resource, to, target.Type, physicalIds.get(to));
    if (written.unnamed.length > 0) {
      remaining.push({ ...edge, references: written.unnamed });
      continue;
    }
    current[from] = written.resource;
    writtenOut[from] = [...(writtenOut[from] ?? []), to];
  }
  const problems = remaining
    .filter((edge) => isCircular(edge))
    .map(({ from, references }) => problemOf(from, references));
  return { added: current, writtenOut, problems };
}

/** The references of added resources that their synthesized forms do not have, those to synthesized resources first. */
function addedEdges(desired: Resources, added: Resources): Edge[] {
  const edges = Object.entries(added).flatMap(([from, resource]) => {
    const own = new Set(targetsOf(desired[from]));
    const targets = new Set(targetsOf(resource).filter((to) => !own.has(to) && (to in added || to in desired)));
    return [...targets].map((to) => ({ from, to }));
  });
  return [...edges.filter(({ to }) => to in desired), ...edges.filter(({ to }) => !(to in desired))];
}

function graphOf(desired: Resources, added: Resources): ResourceGraph {
  return new ResourceGraph({ Resources: { ...desired, ...added } });
}

/** A resource with each reference to another written out, and those whose value is not known. */
function writeOut(
  { DependsOn, ...members }: TemplateResource,
  to: string,
  type: string,
  physicalId: string | undefined,
): { readonly resource: TemplateResource; readonly unnamed: readonly string[] } {
  const unnamed: string[] = physicalId === undefined ? [to] : [];
  const known = new Map([[to, { logicalId: to, type, physicalId: physicalId ?? "" }]]);
  const written = withPhysicalValues(members, known, (reference) => void unnamed.push(reference), STAYING_VALUES);
  const waits = [DependsOn ?? []].flat().filter((name) => name !== to);
  return { resource: { ...written, ...(waits.length > 0 && { DependsOn: waits }) }, unnamed };
}

function problemOf(from: string, references: readonly string[]): string {
  const names = [...new Set(references)].join(", ");
  return `${from} has to keep its reference to ${names} until the promotion, and in the new template that depends on ${from}: CloudFormation would refuse the circular dependency`;
}
