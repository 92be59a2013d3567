import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AssemblyStack } from "../../lib/assembly/assembly.ts";
import { AppStackPort } from "../../lib/deploy/app-stack-port.ts";
import { AppStacks } from "../../lib/deploy/app-stacks.ts";
import { buildReleasePlan, digestPlan, isReleased, liveVersions } from "../../lib/deploy/release-plan.ts";
import type { Target } from "../../lib/deploy/target.ts";
import { readTemplate, releaseMetadataOf } from "../../lib/assembly/read-template.ts";
import { AccountStacks } from "../../lib/driver/account-stacks.ts";
import { SILENT_HOST } from "../../lib/io/message.ts";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import type { StackPort } from "../../lib/release/ports/stack-port.ts";
import { EXIT } from "../../lib/release/exit-code.ts";
import { isFinished } from "../../lib/release/states.ts";
import { deleteOldResources } from "../../lib/release/verbs/delete-old.ts";
import type { ReleaseOutcome, VerbOptions } from "../../lib/release/verbs/outcome.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { type ProcessOptions, SimulatedAws, type SimProcess } from "../helpers/simulated-aws/simulated-aws.ts";
import { Oracle } from "./oracle.ts";
import { type Shop, shopTemplate } from "./shop-template.ts";
import { StackOracle } from "./stack-oracle.ts";

type Verb = (ports: ReleasePorts, options: VerbOptions) => Promise<ReleaseOutcome>;

/** The version of a shop that rehearsals begin with. */
export const FIRST_SHOP: Shop = { functions: { create: "a", list: "a" }, queue: "first" };

/** What was planned, by its digest: who takes a release up stages just that. */
interface Planned {
  readonly stack: AssemblyStack;
  readonly parameters: Readonly<Record<string, string>>;
}

const folder = mkdtempSync(join(tmpdir(), "tidegate-shop-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/**
 * An app of one stack that is deployed by the product's own stack port to the simulated CloudFormation, with oracles
 * that watch aliases, journal, and what live versions depend on.
 */
export class TemplatedShop {
  readonly sim: SimulatedAws;
  readonly oracle: Oracle;
  readonly stackOracle: StackOracle;
  readonly #planned = new Map<string, Planned>();
  #last: Planned | undefined;

  constructor(choose?: (count: number) => number) {
    this.sim = new SimulatedAws(choose);
    const { world } = this.sim;
    world.stacks.clear();
    const names = ["create", "list", `arn:aws:states:us-east-1:${world.account}:stateMachine:flow`];
    const paths = names.map((name): [string, string] => [name, `Shop/${name.split(":").at(-1)}`]);
    for (const [name] of paths.slice(0, 2))
      world.traffic.set(name, { invocationsPerMinute: 1000, errorRates: new Map() });
    this.oracle = new Oracle(world, new Map(paths));
    this.stackOracle = new StackOracle(world, this.oracle);
  }

  process(name: string, options: ProcessOptions = {}): SimProcess {
    const process = this.sim.process(name, options);
    return { ...process, ports: { ...process.ports, stacks: this.#stacksOf(process) } };
  }

  /** A process with the stacks as the driver in the account sees them. */
  accountProcess(name: string, options: ProcessOptions = {}): SimProcess {
    const process = this.sim.process(name, options);
    const template = readTemplate(this.#last!.stack).template;
    const members = (releaseMetadataOf(template)?.members ?? []).map(({ path, parameter }) => ({ path, parameter }));
    const stacks = new AccountStacks(targetOf(process), [{ stackName: "Main", region: "us-east-1", members }]);
    return { ...process, ports: { ...process.ports, stacks } };
  }

  options(name: string): VerbOptions {
    return { app: "shop", stage: "prod", actor: name, holder: name };
  }

  /** Runs a verb in a process of its own until it ends or is killed. */
  act(name: string, verb: Verb, more: ProcessOptions = {}): Promise<ReleaseOutcome | "killed"> {
    const process = this.process(name, more);
    return this.sim.run(Promise.race([verb(process.ports, this.options(name)), process.died]));
  }

  /** Deploys a shop to the end. */
  async deploy(shop: Shop, name = "anna"): Promise<ReleaseOutcome> {
    const process = this.process(name);
    return this.sim.run(this.deployOf(shop, process)(process.ports, this.options(name)));
  }

  /** The verb that deploys a shop, as the command does it: nothing where all is as it should be. */
  deployOf(shop: Shop, process: SimProcess): Verb {
    return async (ports, options) => {
      const planned = this.#plan(shop);
      const app = appStacks(process, planned);
      const views = await app.read();
      const plan = buildReleasePlan(views, { actor: options.actor }, { parameters: planned.parameters });
      assert.ok(plan !== undefined);
      const plans = views.map((view) => app.plan(view, liveVersions(views), 0));
      const last = (await ports.journal.read())?.document.release;
      const isUnchanged = plans.every(({ action }) => action === "none") && (await isReleased(views));
      if (isUnchanged && (last === undefined || isFinished(last))) {
        if (last?.oldResources !== undefined) await deleteOldResources(ports, options);
        return { exitCode: EXIT.done, unchanged: true, ...(last && { release: last }) };
      }
      return startRelease(plan, ports, options);
    };
  }

  /** Updates the stack by hand: with these parameters, and all others kept. */
  updateByHand(given: Readonly<Record<string, string>>): void {
    const names = Object.keys(this.sim.world.stackOf("Main").target.parameters);
    const Parameters = names.map((ParameterKey) => {
      const ParameterValue = given[ParameterKey];
      return ParameterValue === undefined ? { ParameterKey, UsePreviousValue: true } : { ParameterKey, ParameterValue };
    });
    const input = { StackName: "Main", UsePreviousTemplate: true, Parameters };
    this.sim.world.handle("cloudformation", "UpdateStack", input, "operator");
  }

  expectNoViolations(hint = ""): void {
    const violations = [...this.oracle.violations, ...this.stackOracle.violations];
    assert.deepEqual(violations, [], `${hint}: ${violations.join("; ")}`);
  }

  #plan(shop: Shop): Planned {
    const { text, nested } = shopTemplate(shop);
    for (const [url, inner] of nested) this.sim.world.templates.set(url, inner);
    const stack = stackOf(text);
    const parameters: Planned["parameters"] = shop.mode === undefined ? {} : { Mode: shop.mode };
    const planned = { stack, parameters };
    this.#planned.set(digestPlan([{ stack, synthesized: readTemplate(stack) }], parameters), planned);
    this.#last = planned;
    return planned;
  }

  #stacksOf(process: SimProcess): StackPort {
    const portOf = (digest?: string) => {
      const planned = (digest === undefined ? undefined : this.#planned.get(digest)) ?? this.#last;
      assert.ok(planned !== undefined, "nothing was ever deployed");
      return new AppStackPort(appStacks(process, planned));
    };
    return {
      stage: (request) => portOf(request.templateDigest).stage(request),
      finalise: (request) => portOf().finalise(request),
      pins: () => portOf().pins(),
      statuses: () => portOf().statuses(),
      deleteOld: (resources, confirm) => portOf().deleteOld(resources, confirm),
    };
  }
}

function appStacks(process: SimProcess, { stack, parameters }: Planned): AppStacks {
  return new AppStacks({
    target: targetOf(process),
    stacks: [stack],
    host: SILENT_HOST,
    signal: new AbortController().signal,
    parameters,
  });
}

function targetOf({ aws, ports }: SimProcess): Target {
  const pause: Target["pause"] = (durationMs, signal) => ports.clock.sleep(durationMs, signal);
  const account = "123456789012";
  const callerArn = `arn:aws:iam::${account}:user/tester`;
  return { stage: "prod", account, region: "us-east-1", partition: "aws", callerArn, aws, pause };
}

function stackOf(text: string): AssemblyStack {
  const templatePath = join(folder, `${createHash("sha256").update(text).digest("hex")}.json`);
  if (!existsSync(templatePath)) writeFileSync(templatePath, text);
  return {
    id: "Main",
    stackName: "Main",
    displayName: "Main",
    templatePath,
    account: "unknown-account",
    region: "unknown-region",
    dependsOn: [],
    parameters: {},
    tags: {},
    notificationArns: [],
    terminationProtection: false,
    assets: [],
    dockerImages: [],
    origins: new Map(),
    missingContext: [],
  };
}
