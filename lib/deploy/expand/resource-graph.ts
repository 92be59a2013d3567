import type { Template } from "../../assembly/assembly.ts";
import { isLocal, referencesOf, resourceReferencesOf } from "../../template/references.ts";

/** Which resources of a template refer to which, by logical id. `DependsOn` counts as a reference. */
export class ResourceGraph {
  readonly #forward = new Map<string, ReadonlySet<string>>();
  readonly #backward = new Map<string, Set<string>>();

  constructor({ Resources = {} }: Template) {
    for (const [id, resource] of Object.entries(Resources)) {
      const targets = targetsOf(resourceReferencesOf(resource)).filter((target) => target in Resources);
      this.#forward.set(id, new Set(targets));
      for (const target of targets) {
        const users = this.#backward.get(target) ?? new Set();
        this.#backward.set(target, users.add(id));
      }
    }
  }

  /** The resources and everything that they need, at any depth. */
  needsOf(ids: Iterable<string>): ReadonlySet<string> {
    return this.#reach(ids, this.#forward);
  }

  /** The resources and everything that refers to them, at any depth. */
  usersOf(ids: Iterable<string>): ReadonlySet<string> {
    return this.#reach(ids, this.#backward);
  }

  #reach(ids: Iterable<string>, edges: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
    const reached = new Set<string>();
    const open = [...ids].filter((id) => this.#forward.has(id));
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      open.push(...(edges.get(id) ?? []));
    }
    return reached;
  }
}

/** The names that a value refers to: logical ids, parameters and pseudo parameters. */
export function namesIn(value: unknown): string[] {
  return targetsOf(referencesOf(value));
}

function targetsOf(references: ReturnType<typeof referencesOf>): string[] {
  return references.filter(isLocal).map(({ target }) => target);
}
