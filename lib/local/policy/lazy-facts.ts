import type { RequestFacts } from "../../iam/policy-variables.ts";

/** Facts of a request that are gathered with the first one that a policy reads: most policies read none. */
export class LazyFacts implements RequestFacts {
  readonly #gather: () => ReadonlyMap<string, readonly string[]>;
  #facts: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(gather: () => ReadonlyMap<string, readonly string[]>) {
    this.#gather = gather;
  }

  /** Whether a policy has read one: the decision is then about this request alone. */
  get wereRead(): boolean {
    return this.#facts !== undefined;
  }

  get(key: string): readonly string[] | undefined {
    this.#facts ??= this.#gather();
    return this.#facts.get(key);
  }
}
