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
  /** `fails`: a resource after the aliases fails, so everything that was updated is restored. */
  stage: "works" | "fails";
  /** The stage removes at once what older versions need: what an update without expansion does. */
  stageRemoves?: boolean;
  /** Resources that the stage changes, as a change set shows them. */
  stageChanges?: readonly string[];
  /** Called when the stage is done: what it changed may hurt versions that are live. */
  onStaged?: () => void;
  /** `refused`: the change set shows more than alias versions. */
  finalise: "works" | "fails" | "refused";
  /** Every member of the app: what it is, and whether the template has new content for it. */
  readonly creates: Map<string, { target: AliasTarget; changed: boolean; settings?: Parameters<World["publish"]>[1] }>;
}

type Call = <T>(service: string, operation: string, work: () => T | Promise<T>) => Promise<T>;

/** What the stacks need of the process that calls, and of the world around it. */
export interface StackSurroundings {
  readonly world: World;
  readonly script: StackScript;
  readonly who: string;
  readonly call: Call;
  readonly sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>;
  /** CloudFormation continues even if the process that called it dies. */
  readonly later: (durationMs: number, work: () => void) => void;
}

const HALF_MS = 30_000;
const ROLLBACK_MS = 10_000;
const LOOK_MS = 5_000;
const TAKES_UPDATES = /^(CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK)_COMPLETE$/;

/** CloudFormation as far as the engine sees it: publishing while traffic is pinned, and moving parameters. */
export class SimulatedStacks implements StackPort {
  readonly #around: StackSurroundings;

  constructor(around: StackSurroundings) {
    this.#around = around;
  }

  async stage(request: StageRequest): Promise<StageOutcome> {
    const { sleep, call, world } = this.#around;
    const seen = world.stackUpdates;
    await sleep(HALF_MS, request.signal);
    const refused = await call("stacks", "Stage", () => this.#begin(request, seen));
    if (refused !== undefined) return { kind: "failed", reason: refused };
    while (isBusy(world) && !request.signal.aborted) await sleep(LOOK_MS, request.signal);
    return this.#staged(request);
  }

  async finalise(request: FinaliseRequest): Promise<FinaliseOutcome> {
    const { sleep, call, world, script, who } = this.#around;
    const seen = world.stackUpdates;
    await sleep(HALF_MS, request.signal);
    await request.confirm();
    return call("stacks", "Finalise", () => {
      const works = script.finalise === "works" && this.#whyRefused(seen) === undefined;
      if (works) world.stackUpdates += 1;
      const what = works ? "finalised" : "finalise-failed";
      if (works) this.#setPins(request.live);
      world.changed({ kind: "stack", who, what, detail: new Map(request.live) });
      if (works && request.contracts) this.#contract(request.live);
      if (works) return { kind: "finalised" };
      const refused = script.finalise === "refused" ? { refused: true as const } : {};
      return { kind: "failed", reason: "the change set shows more than alias versions", ...refused };
    });
  }

  /** Removes what no version needs but older ones than these. */
  #contract(kept: ReadonlyMap<string, string>): void {
    const { world, who } = this.#around;
    world.changed({ kind: "stack", who, what: "contracted", detail: new Map(kept) });
  }

  statuses(): Promise<ReadonlyMap<string, string>> {
    return this.#around.call("stacks", "Statuses", () => new Map(this.#around.world.stacks));
  }

  pins(): Promise<ReadonlyMap<string, string>> {
    return this.#around.call("stacks", "Pins", () => new Map(this.#around.world.pins));
  }

  /** Starts the update. Returns why it did not start, where it did not. */
  #begin(request: StageRequest, seen: number): string | undefined {
    const { world, script, who } = this.#around;
    const refused = this.#whyRefused(seen);
    if (refused !== undefined) return refused;
    world.stackUpdates += 1;
    const before = new Map(world.pins);
    const mayDiffer = script.finalise === "refused";
    world.changed({ kind: "stack", who, what: "staging", detail: { pins: before, mayDiffer } });
    if (script.stage === "works") this.#publishAll(request);
    world.stacks.set("Main", "UPDATE_IN_PROGRESS");
    this.#setPins(request.pinned);
    if (script.stage === "works") {
      this.#around.later(HALF_MS, () => {
        this.#end("UPDATE_COMPLETE");
        this.#deployed(request);
        script.onStaged?.();
      });
    } else {
      this.#around.later(HALF_MS - ROLLBACK_MS, () => world.stacks.set("Main", "UPDATE_ROLLBACK_IN_PROGRESS"));
      this.#around.later(HALF_MS, () => {
        this.#setPins(before);
        this.#end("UPDATE_ROLLBACK_COMPLETE");
      });
    }
    return undefined;
  }

  /** A change set that was made before another update is obsolete. */
  #whyRefused(seen: number): string | undefined {
    const { world } = this.#around;
    if (!TAKES_UPDATES.test(world.stacks.get("Main") ?? "")) return `Stack Main is ${world.stacks.get("Main")}`;
    return world.stackUpdates === seen ? undefined : "the change set is obsolete";
  }

  #end(status: string): void {
    const { world, who } = this.#around;
    world.stacks.set("Main", status);
    world.changed({ kind: "stack", who, what: status === "UPDATE_COMPLETE" ? "staged" : "stage-failed" });
  }

  #staged(request: StageRequest): StageOutcome {
    const { world, script } = this.#around;
    const published = script.versions.get(request.templateDigest);
    if (published === undefined || world.stacks.get("Main") !== "UPDATE_COMPLETE")
      return { kind: "failed", reason: "Resource handler returned message: no" };
    const members: StagedMember[] = [...script.creates].map(([path, { target }]) => ({
      path,
      target,
      next: published.get(path)!,
    }));
    const changed = script.stageChanges ?? [];
    return { kind: "staged", members, hooks: new Map(), alarms: new Map(), changed };
  }

  /** An alias is updated where the value that its stack last gave it differs, regardless of the version it serves. */
  #setPins(wanted: ReadonlyMap<string, string>): void {
    const { world, script } = this.#around;
    for (const [path, version] of wanted) {
      if (world.pins.get(path) === version) continue;
      const target = script.creates.get(path)?.target;
      if (target !== undefined && world.setAliasByStack(target, version)) world.pins.set(path, version);
    }
  }

  #publishAll(request: StageRequest): void {
    const { script, world } = this.#around;
    if (script.versions.has(request.templateDigest)) return;
    const published = new Map<string, string>();
    for (const [path, { target, changed, settings }] of script.creates) {
      const live = request.pinned.get(path);
      if (live !== undefined && !changed) published.set(path, live);
      else published.set(path, this.#publish(target, settings));
      if (live === undefined) world.pins.set(path, published.get(path)!);
    }
    script.versions.set(request.templateDigest, published);
  }

  #deployed({ templateDigest }: StageRequest): void {
    const { script, world } = this.#around;
    const published = script.versions.get(templateDigest) ?? new Map<string, string>();
    for (const [path, version] of published) world.deployed.set(path, version);
    if (script.stageRemoves === true) this.#contract(published);
  }

  #publish(target: AliasTarget, settings: Parameters<World["publish"]>[1]): string {
    const { world } = this.#around;
    if (target.kind === "state-machine") return world.publishMachine(target.name);
    if (!world.functions.has(target.name)) {
      world.addFunction(target.name);
      return "1";
    }
    return world.publish(target.name, settings);
  }
}

function isBusy(world: World): boolean {
  return world.stacks.get("Main")?.endsWith("_IN_PROGRESS") === true;
}
