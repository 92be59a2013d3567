import assert from "node:assert/strict";
import { array, type Arbitrary, boolean, constantFrom, integer, option, record } from "fast-check";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import type { Fault } from "../helpers/simulated-aws/simulated-aws.ts";
import { randomChoice } from "./random-choice.ts";
import { MINUTE } from "./rehearsal.ts";
import type { Shop } from "./shop-template.ts";
import { FIRST_SHOP, TemplatedShop } from "./templated-shop.ts";

const CALLS = [
  ["cloudformation", "CreateChangeSet"],
  ["cloudformation", "DescribeChangeSet"],
  ["cloudformation", "ExecuteChangeSet"],
  ["cloudformation", "DescribeStacks"],
  ["cloudformation", "DescribeStackEvents"],
  ["cloudformation", "GetTemplate"],
  ["lambda", "UpdateAlias"],
  ["lambda", "GetAlias"],
  ["lambda", "GetFunction"],
  ["s3", "PutObject"],
] as const;

const SHOPS = record({
  code: constantFrom("a", "b", "c"),
  queue: constantFrom("first", "second"),
  nested: option(constantFrom("deep", "deeper"), { nil: undefined }),
  flow: boolean(),
  mode: option(constantFrom("a", "b"), { nil: undefined }),
  aliasDescription: option(constantFrom("live traffic"), { nil: undefined }),
  fails: constantFrom(false, false, false, true),
});

const ROUNDS = record({
  /** What is changed by hand in the stack or the aliases before the deploy. */
  byHand: constantFrom("nothing", "nothing", "alias moved", "parameter changed", "pins left out", "pin changed"),
  shop: SHOPS,
  killAt: option(
    record({ effect: integer({ min: 0, max: 60 }), when: constantFrom("before" as const, "after" as const) }),
    { nil: undefined },
  ),
  fault: option(
    record({
      call: constantFrom(...CALLS),
      kind: constantFrom("throttle" as const, "lose-reply" as const, "lose-reply-and-retry" as const, "drop" as const),
      times: integer({ min: 1, max: 3 }),
      skip: integer({ min: 0, max: 30 }),
    }),
    { nil: undefined },
  ),
  /** Cancels the stack update that runs then. */
  cancelAfterMs: option(integer({ min: 0, max: 6 * MINUTE }), { nil: undefined }),
  recovery: constantFrom("deploy", "resume", "rollback", "rollback without stacks"),
});

/** Deploys of a shop from templates, with what people and CloudFormation do between and during them. */
export const SHOP_SCHEDULES = record({
  seed: integer({ min: 1, max: 1_000_000 }),
  statusDelayMs: constantFrom(0, 0, 3_000),
  /** A queue of another name replaces the old one, instead of being another resource. */
  replacesQueue: boolean(),
  rounds: array(ROUNDS, { minLength: 1, maxLength: 4 }),
});

/** One such schedule. */
export type ShopSchedule = typeof SHOP_SCHEDULES extends Arbitrary<infer T> ? T : never;
type Round = ShopSchedule["rounds"][number];

/** Rehearses a schedule to its end, then deploys once more, and again with nothing to do. */
export async function rehearseShop({ seed, statusDelayMs, replacesQueue, rounds }: ShopSchedule): Promise<void> {
  const app = new TemplatedShop(randomChoice(seed));
  const first: Shop = { ...FIRST_SHOP, replacesQueue };
  await app.deploy(first);
  app.sim.world.statusDelayMs = statusDelayMs;
  for (const [index, round] of rounds.entries()) {
    const shop = shopOf(round);
    // CloudFormation makes no resource of a name that exists: the old ones may still be there.
    const queue = replacesQueue ? `${shop.queue}-${index}` : shop.queue;
    await rehearseRound(app, { ...shop, replacesQueue, queue }, round, index);
    app.expectNoViolations(`round ${index}`);
  }
  const queue = replacesQueue ? "last" : first.queue;
  const last: Shop = { ...first, functions: { create: "last", list: "last" }, mode: "last", queue };
  const outcome = await app.deploy(last, "closer");
  assert.equal(outcome.release?.state, "SUCCEEDED", outcome.release?.cause?.text);
  const again = await app.deploy(last, "closer");
  assert.equal(again.unchanged, true, "the same again is not nothing");
  app.expectNoViolations("the end");
  const queues = [...app.sim.world.queues].filter((name) => !name.startsWith("deep"));
  assert.deepEqual(queues, [queue], "a queue that nothing needs is still there");
}

async function rehearseRound(app: TemplatedShop, shop: Shop, round: Round, index: number): Promise<void> {
  const { sim } = app;
  await changeByHand(app, round.byHand);
  const process = app.process(`deployer-${index}`, { killAt: round.killAt });
  if (round.fault !== undefined) sim.faults.push({ ...faultOf(round.fault), process: process.name });
  let isOver = false;
  if (round.cancelAfterMs !== undefined) sim.world.later(round.cancelAfterMs, () => isOver || tryCancel(app));
  // Being refused is a fair end of one deployer.
  const run = app
    .deployOf(shop, process)(process.ports, app.options(process.name))
    .catch(() => undefined);
  await sim.run(Promise.race([run, process.died]));
  sim.faults.length = 0;
  await sim.pass(4 * MINUTE);
  isOver = true;
  if (round.recovery === "deploy") await app.deploy({ ...shop, fails: false }, `medic-${index}`);
  else await app.act(`medic-${index}`, RECOVERIES[round.recovery]);
  for (const shape of Object.values(app.oracle.live())) assert.doesNotMatch(shape, /\+/);
}

const RECOVERIES = {
  resume: resumeRelease,
  rollback: rollbackRelease,
  "rollback without stacks": (({ stacks: _stacks, ...ports }, options) =>
    rollbackRelease(ports, options)) satisfies typeof rollbackRelease,
} as const;

function shopOf({ shop }: Round): Shop {
  const { code, queue, nested, flow, mode, aliasDescription, fails } = shop;
  return {
    functions: { create: code, list: code },
    queue,
    fails,
    ...(nested !== undefined && { nested }),
    ...(flow && { flow: code }),
    ...(mode !== undefined && { mode }),
    ...(aliasDescription !== undefined && { aliasDescription }),
  };
}

function faultOf({ call: [service, operation], kind, times, skip }: NonNullable<Round["fault"]>): Fault {
  return { service, operation, kind, times, skip };
}

async function changeByHand(app: TemplatedShop, what: Round["byHand"]): Promise<void> {
  const { world } = app.sim;
  switch (what) {
    case "nothing":
      return;
    case "alias moved": {
      const [oldest = "1"] = world.functions.get("list")?.versions.keys() ?? [];
      const input = { FunctionName: "list", Name: "live", FunctionVersion: oldest, Description: "by hand" };
      // Between releases that is what the next one starts from. One that waits for its stacks has to leave it alone.
      const state = app.oracle.journal()?.release?.state ?? "SUCCEEDED";
      const who = ["SUCCEEDED", "ROLLED_BACK"].includes(state) ? "operator" : "foreign";
      world.handle("lambda", "UpdateAlias", { ...input, RoutingConfig: { AdditionalVersionWeights: {} } }, who);
      return;
    }
    case "parameter changed":
      return updateByHand(app, { Mode: "by hand" });
    case "pin changed":
      return updateByHand(app, { LiveVersionlist: "1" });
    case "pins left out":
      // Without a default, CloudFormation refuses it.
      assert.throws(
        () =>
          world.handle("cloudformation", "UpdateStack", { StackName: "Main", UsePreviousTemplate: true }, "operator"),
        /must have values/,
      );
  }
}

/** Updates the stack with some parameters given; waits for the end. */
async function updateByHand(app: TemplatedShop, given: Readonly<Record<string, string>>): Promise<void> {
  try {
    app.updateByHand(given);
  } catch {
    // Nothing to update, or the stack is busy.
  }
  await app.sim.pass(2 * MINUTE);
}

function tryCancel(app: TemplatedShop): void {
  try {
    app.sim.world.handle("cloudformation", "CancelUpdateStack", { StackName: "Main" }, "operator");
  } catch {
    // No update runs.
  }
}
