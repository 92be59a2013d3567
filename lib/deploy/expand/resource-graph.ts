import type { Template } from "../../assembly/assembly.ts";
import { isLocal, type Reference, referencesOf, resourceReferencesOf } from "../../template/references.ts";
import { expansionOf } from "./expansion.ts";

/**
 * Which resources of a template refer to which, by logical id. `DependsOn` counts as a reference, and so does one that a
 * stage wrote out.
 */
export class ResourceGraph {
  readonly #forward = new Map<string, ReadonlySet<string>>();
  readonly #backward = new Map<string, Set<string>>();

  constructor(template: Template) {
    const { Resources = {} } = template;
    const writtenOut = expansionOf(template)?.writtenOut ?? {};
    for (const [id, resource] of Object.entries(Resources)) {
      const targets = [...targetsOf(resource), ...(writtenOut[id] ?? [])].filter((target) => target in Resources);
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
  return localTargets(referencesOf(value));
}

/** The names that a resource refers to, those of `DependsOn` too. */
export function targetsOf(resource: unknown): string[] {
  return localTargets(resourceReferencesOf(resource));
}

function localTargets(references: readonly Reference[]): string[] {
  return references.filter(isLocal).map(({ target }) => target);
}
