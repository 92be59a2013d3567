import { isDeepStrictEqual } from "node:util";
import type { SimChange } from "../helpers/simulated-aws/sim-stack.ts";
import type { Change, World } from "../helpers/simulated-aws/world.ts";
import type { Oracle } from "./oracle.ts";

const ALIASES = new Set(["AWS::Lambda::Alias", "AWS::StepFunctions::StateMachineAlias"]);

/**
 * Watches what stack updates do to what is live. It reads the simulated account only, and shares no code with the
 * engine: what a version depends on is the queue that its environment names.
 */
export class StackOracle {
  readonly violations: string[] = [];
  readonly #world: World;
  readonly #oracle: Oracle;
  /** Versions that went live when what they need was gone already, as a move by hand or a rollback may do. */
  readonly #broken = new Set<string>();
  /** An operator updated the stack after the present release had staged it: what is deployed now is not the release's. */
  #isChangedByHand = false;

  constructor(world: World, oracle: Oracle) {
    this.#world = world;
    this.#oracle = oracle;
    world.listeners.push((change) => this.#watch(change));
  }

  #watch(change: Change): void {
    switch (change.kind) {
      case "alias":
        return this.#watchAlias(change.name, change.after);
      case "queue-deleted":
        return this.#watchDeletion(change.name);
      case "stack-update":
        return this.#watchUpdate(change.changes, change.pins, change.who);
      case "object":
        return this.#watchJournal(change.key, change.before, change.after);
    }
  }

  #watchAlias(
    name: string,
    { primary, weights }: { primary: string; weights: Readonly<Record<string, number>> },
  ): void {
    for (const version of [primary, ...Object.keys(weights)]) {
      const queue = queueOf(this.#world.contents.get(`${name}:${version}`));
      if (queue !== undefined && !this.#world.queues.has(queue)) this.#broken.add(`${name}:${version}`);
    }
  }

  /** No request that a version serves fails because of a stage: what it needs goes after its last request. */
  #watchDeletion(queue: string): void {
    for (const [name, fn] of this.#world.functions) {
      for (const alias of fn.aliases.values()) {
        for (const version of [alias.primary, ...Object.keys(alias.weights)]) {
          const isBroken = this.#broken.has(`${name}:${version}`);
          if (isBroken || queueOf(this.#world.contents.get(`${name}:${version}`)) !== queue) continue;
          this.violations.push(`${name}:${version} serves requests, and its queue ${queue} was deleted`);
        }
      }
    }
  }

  /** Pins equal the live versions before anything else is staged: a rollback of the update restores them. */
  #watchUpdate(changes: readonly SimChange[], pins: ReadonlyMap<string, string>, who: string): void {
    if (who === "operator") this.#isChangedByHand = true;
    if (who === "operator" || !changes.some(isStaged)) return;
    for (const [name, pin] of pins) {
      const live = this.#primaryOf(name);
      if (live === undefined || live === pin || this.#oracle.foreign.size > 0) continue;
      this.violations.push(`${name}: staged while the stack would restore ${pin}, and ${live} is live`);
    }
  }

  /** SUCCEEDED means live: each alias serves what the stack has made of its function or state machine. */
  #watchJournal(key: string, before: string | undefined, after: string): void {
    if (!key.endsWith("/release.json") || stateOf(after) === stateOf(before)) return;
    if (stateOf(after) === "STAGING") this.#isChangedByHand = false;
    if (stateOf(after) !== "SUCCEEDED" || this.#oracle.foreign.size > 0 || this.#isChangedByHand) return;
    for (const name of [...this.#world.functions.keys(), ...this.#world.machines.keys()]) {
      const present = this.#world.contents.get(`${name}:$LATEST`);
      const live = this.#primaryOf(name);
      if (present === undefined || live === undefined) continue;
      const content = this.#world.contents.get(live.startsWith("arn:") ? live : `${name}:${live}`);
      if (isDeepStrictEqual(content, present)) continue;
      this.violations.push(`SUCCEEDED: ${name} serves ${live}, which is not what is deployed`);
    }
  }

  #primaryOf(name: string): string | undefined {
    const alias = this.#world.functions.get(name)?.aliases.get("live");
    if (alias !== undefined) return alias.primary;
    return this.#world.machines.get(name)?.aliases.get("live")?.routing[0]?.stateMachineVersionArn;
  }
}

/** A change that makes or changes something besides where aliases point and what no version needs. */
function isStaged({ ResourceChange: { Action, ResourceType } }: SimChange): boolean {
  return Action !== "Remove" && !ALIASES.has(String(ResourceType)) && ResourceType !== "AWS::CloudFormation::Stack";
}

function queueOf(content: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const { Variables } = (content?.["Environment"] ?? {}) as { Variables?: { QUEUE?: string } };
  return Variables?.QUEUE;
}

function stateOf(journal: string | undefined): string | undefined {
  if (journal === undefined) return undefined;
  return (JSON.parse(journal) as { release?: { state: string } }).release?.state;
}
