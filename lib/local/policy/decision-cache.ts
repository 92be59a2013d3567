import type { Caller } from "./caller.ts";
import type { Denial } from "./refusals.ts";

/** What was decided about one action on one resource. */
interface Decision {
  readonly denial: Denial | undefined;
}

/** Action and resource, by the resource's policy. */
type DecisionsOfCaller = Map<string | undefined, Map<string, Decision>>;

const MAX_KEPT = 2_000;

/**
 * Decisions for which no fact of the request was read: they hold as long as the caller's policies and the resource's are
 * the same. A caller with other policies is another object, and its decisions end with it.
 */
export class DecisionCache {
  readonly #kept = new WeakMap<Caller, DecisionsOfCaller>();

  find(caller: Caller, key: string, policy: string | undefined): Decision | undefined {
    return this.#kept.get(caller)?.get(policy)?.get(key);
  }

  keep(caller: Caller, key: string, policy: string | undefined, decision: Decision): void {
    const ofCaller: DecisionsOfCaller = this.#kept.get(caller) ?? new Map();
    if (ofCaller.size >= MAX_KEPT) ofCaller.clear();
    const decisions = ofCaller.get(policy) ?? new Map<string, Decision>();
    if (decisions.size >= MAX_KEPT) decisions.clear();
    this.#kept.set(caller, ofCaller.set(policy, decisions.set(key, decision)));
  }
}
