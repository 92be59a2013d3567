import type { AliasTarget } from "../../../lib/release/model.ts";
import type {
  FinaliseOutcome,
  FinaliseRequest,
  StackPort,
  StagedMember,
  StageOutcome,
  StageRequest,
} from "../../../lib/release/ports/stack-port.ts";
import type { World } from "./world.ts";

/** What the templates bring, and whether CloudFormation takes them. */
export interface StackScript {
  /** By template digest and member path: the versions that staging published. */
  readonly versions: Map<string, Map<string, string>>;
  stage: "works" | "fails";
  finalise: "works" | "fails";
  /** Every member of the app: what it is, and whether the template has new content for it. */
  readonly creates: Map<string, { target: AliasTarget; changed: boolean; settings?: Parameters<World["publish"]>[1] }>;
}

type Call = <T>(service: string, operation: string, work: () => T | Promise<T>) => Promise<T>;

/** CloudFormation as far as the engine sees it: publishing while traffic is pinned, and moving parameters. */
export class SimulatedStacks implements StackPort {
  readonly #world: World;
  readonly #script: StackScript;
  readonly #who: string;
  readonly #call: Call;
  readonly #sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>;

  constructor(
    world: World,
    script: StackScript,
    who: string,
    call: Call,
    sleep: (ms: number, signal?: AbortSignal) => Promise<void>,
  ) {
    this.#world = world;
    this.#script = script;
    this.#who = who;
    this.#call = call;
    this.#sleep = sleep;
  }

  async stage(request: StageRequest): Promise<StageOutcome> {
    await this.#sleep(30_000, request.signal);
    const outcome = await this.#call("stacks", "Stage", () => this.#stage(request));
    await this.#sleep(30_000, request.signal);
    return outcome;
  }

  async finalise(request: FinaliseRequest): Promise<FinaliseOutcome> {
    await this.#sleep(30_000, request.signal);
    return this.#call("stacks", "Finalise", () => {
      const works = this.#script.finalise === "works";
      this.#world.changed({
        kind: "stack",
        who: this.#who,
        what: works ? "finalised" : "finalise-failed",
        detail: new Map(request.live),
      });
      return works
        ? { kind: "finalised" }
        : { kind: "failed", reason: "the change set shows more than alias versions" };
    });
  }

  statuses(): Promise<ReadonlyMap<string, string>> {
    return this.#call("stacks", "Statuses", () => new Map(this.#world.stacks));
  }

  #stage(request: StageRequest): StageOutcome {
    if (this.#script.stage === "fails") {
      this.#world.changed({ kind: "stack", who: this.#who, what: "stage-failed" });
      return { kind: "failed", reason: "Resource handler returned message: no" };
    }
    const published = this.#script.versions.get(request.templateDigest) ?? this.#publishAll(request);
    const members: StagedMember[] = [...this.#script.creates].map(([path, { target }]) => ({
      path,
      target,
      next: published.get(path)!,
    }));
    this.#world.changed({ kind: "stack", who: this.#who, what: "staged", detail: new Map(request.pinned) });
    return { kind: "staged", members, hooks: new Map(), alarms: new Map() };
  }

  #publishAll(request: StageRequest): Map<string, string> {
    const published = new Map<string, string>();
    for (const [path, member] of this.#script.creates) {
      const { target, changed, settings } = member;
      const live = request.pinned.get(path);
      if (live !== undefined && !changed) published.set(path, live);
      else published.set(path, this.#publish(target, settings));
    }
    this.#script.versions.set(request.templateDigest, published);
    return published;
  }

  #publish(target: AliasTarget, settings: Parameters<World["publish"]>[1]): string {
    if (target.kind === "state-machine") return this.#world.publishMachine(target.name);
    if (!this.#world.functions.has(target.name)) {
      this.#world.addFunction(target.name);
      return "1";
    }
    return this.#world.publish(target.name, settings);
  }
}
