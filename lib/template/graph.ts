import { isLocal, referencesOf, type ChooseBranch } from "./references.ts";
import { TemplateError } from "./template-error.ts";
import type { ResourceDeclaration } from "./template.ts";

/** What each resource waits for. Both sides are logical ids of resources that are there. */
export type DependencyGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** The resources' dependencies, implicit (Ref, GetAtt, Sub) and explicit (DependsOn). Refuses cycles in AWS's words. */
export function buildGraph(resources: ReadonlyMap<string, ResourceDeclaration>, choose: ChooseBranch): DependencyGraph {
  const graph = new Map<string, Set<string>>();
  for (const [logicalId, resource] of resources) {
    const targets = [
      ...resource.dependsOn,
      ...referencesOf([resource.properties, resource.metadata], choose)
        .filter(isLocal)
        .map(({ target }) => target),
    ];
    graph.set(logicalId, new Set(targets.filter((target) => resources.has(target))));
  }
  refuseCycles(graph);
  return graph;
}

function refuseCycles(graph: DependencyGraph): void {
  const left = new Map([...graph].map(([id, targets]) => [id, new Set(targets)]));
  for (let removed = true; removed;) {
    removed = false;
    for (const [id, targets] of left) {
      for (const target of targets) if (!left.has(target)) targets.delete(target);
      if (targets.size === 0) removed = left.delete(id);
    }
  }
  const inCycle = [...left.keys()].filter((id) => reaches(left, id, id));
  if (inCycle.length === 0) return;
  throw new TemplateError(`Circular dependency between resources: [${inCycle.join(", ")}]`);
}

function reaches(graph: DependencyGraph, from: string, goal: string): boolean {
  const seen = new Set<string>();
  const open = [...(graph.get(from) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === goal) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(graph.get(id) ?? []));
  }
  return false;
}
