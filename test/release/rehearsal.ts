import assert from "node:assert/strict";
import type { AnalysisPolicy } from "../../lib/assembly/release-metadata.ts";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import type { HookCall, Member } from "../../lib/release/model.ts";
import type { ReleaseOutcome, VerbOptions } from "../../lib/release/verbs/outcome.ts";
import { startRelease, type StartOptions } from "../../lib/release/verbs/start.ts";
import type { ReleasePlan } from "../../lib/release/plan.ts";
import { type ProcessOptions, SimulatedAws, type SimProcess } from "../helpers/simulated-aws/simulated-aws.ts";
import { Oracle } from "./oracle.ts";

export const MINUTE = 60_000;

/** What the rehearsed app has besides its functions. */
export interface RehearsalOptions {
  readonly choose?: (count: number) => number;
  readonly functions?: readonly string[];
  readonly machine?: boolean;
  /** Deployers are suspended past their lease, between a look and a call: AWS cannot refuse all such calls. */
  readonly freezes?: boolean;
  readonly plan?: Partial<ReleasePlan>;
}

/** An app of three functions and a state machine on a simulated AWS, with an oracle that watches. */
export class Rehearsal {
  readonly sim: SimulatedAws;
  readonly oracle: Oracle;
  readonly members: Member[];
  readonly #plan: Partial<ReleasePlan>;
  readonly #transitions: string[] = [];

  constructor(options: RehearsalOptions = {}) {
    const { functions = ["create", "list", "notify"], machine = true } = options;
    this.sim = new SimulatedAws(options.choose);
    this.#plan = options.plan ?? {};
    this.members = functions.map((name) => this.#addFunction(name));
    if (machine) this.members.push(this.#addMachine());
    const names = this.members.map((member): [string, string] => [member.target!.name, member.path]);
    this.oracle = new Oracle(this.sim.world, new Map(names), options.freezes);
    for (const member of this.members) {
      this.sim.world.pins.set(member.path, this.oracle.live()[member.path]!);
      this.sim.stackScript.creates.set(member.path, { target: member.target!, changed: true });
    }
  }

  /** States and steps as they were journalled, for example `SHIFTING 0`. */
  get transitions(): readonly string[] {
    return this.#transitions;
  }

  plan(digest = "digest-1", more: Partial<ReleasePlan> = {}): ReleasePlan {
    return {
      app: "shop",
      stage: "prod",
      origin: { actor: "anna", commit: "abc123", templateDigest: digest },
      policy: {
        name: "Custom",
        steps: [
          { percent: 10, bakeMs: 5 * MINUTE },
          { percent: 50, bakeMs: 5 * MINUTE },
        ],
        finalBakeMs: 5 * MINUTE,
      },
      members: this.members,
      hooks: [],
      alarms: [],
      keepVersions: 5,
      ...this.#plan,
      ...more,
    };
  }

  process(name: string, options: ProcessOptions = {}): SimProcess {
    const process = this.sim.process(name, options);
    const onTransition: ReleasePorts["onTransition"] = (release) => {
      const entry = release.state === "SHIFTING" ? `SHIFTING ${release.step}` : release.state;
      if (this.#transitions.at(-1) !== entry) this.#transitions.push(entry);
    };
    return { ...process, ports: { ...process.ports, onTransition } };
  }

  options(name: string): VerbOptions {
    return { app: "shop", stage: "prod", actor: name, holder: name };
  }

  /** Runs a verb in a process of its own until it ends or is killed. */
  act(
    name: string,
    verb: (ports: ReleasePorts, options: VerbOptions) => Promise<ReleaseOutcome>,
    more: ProcessOptions = {},
  ): Promise<ReleaseOutcome | "killed"> {
    const process = this.process(name, more);
    return this.sim.run(Promise.race([verb(process.ports, this.options(name)), process.died]));
  }

  async deploy(
    name = "anna",
    plan = this.plan(),
    more: ProcessOptions & Partial<StartOptions> = {},
  ): Promise<ReleaseOutcome> {
    const outcome = await this.act(name, (ports, options) => startRelease(plan, ports, { ...options, ...more }), more);
    if (outcome === "killed") throw new Error(`${name} was killed`);
    return outcome;
  }

  /** Moves an alias behind the engine's back. */
  moveAlias(name: string, to: { primary?: string; weights?: Record<string, number> }, who = "foreign"): void {
    this.sim.world.handle(
      "lambda",
      "UpdateAlias",
      {
        FunctionName: name,
        Name: "live",
        FunctionVersion: to.primary,
        RoutingConfig: { AdditionalVersionWeights: to.weights ?? {} },
        Description: "by hand",
      },
      who,
    );
  }

  expectNoViolations(hint = ""): void {
    assert.deepEqual(this.oracle.violations, [], `${hint}: ${this.oracle.violations.join("; ")}`);
  }

  #addFunction(name: string): Member {
    this.sim.world.addFunction(name);
    this.sim.world.traffic.set(name, { invocationsPerMinute: 1000, errorRates: new Map() });
    const calls = name === "create" ? ["Shop/notify"] : [];
    return {
      path: `Shop/${name}`,
      kind: "function",
      calls,
      shift: "policy",
      target: { kind: "function", name, alias: "live" },
    };
  }

  #addMachine(): Member {
    const name = this.sim.world.addMachine("flow");
    return {
      path: "Shop/flow",
      kind: "state-machine",
      calls: ["Shop/create"],
      shift: "policy",
      target: { kind: "state-machine", name, alias: "live" },
    };
  }
}

export const ANALYSIS: AnalysisPolicy = {
  minInvocations: 50,
  falseAlarmRate: 0.01,
  maxWaitMs: 10 * MINUTE,
  onInconclusive: "pause",
};

export function hook(phase: HookCall["phase"], name = `${phase}-hook`): HookCall {
  return { phase, path: `Shop/${name}`, functionName: name, timeoutMs: 10_000 };
}
