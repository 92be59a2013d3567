import { describe, expect, test } from "vitest";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import { isStaged } from "../../lib/release/states.ts";
import type { ReleaseOutcome, VerbOptions } from "../../lib/release/verbs/outcome.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import type { Change } from "../helpers/simulated-aws/world.ts";
import type { Shop } from "./shop-template.ts";
import { FIRST_SHOP, TemplatedShop } from "./templated-shop.ts";

/** A queue that a release replaces outlives the versions that write to it, and goes once a deployer may delete it. */

const OLD: Shop = { ...FIRST_SHOP, replacesQueue: true };
const NEW: Shop = { ...OLD, functions: { create: "b", list: "b" }, queue: "second" };
const SUCCEEDED = { exitCode: 0, release: { state: "SUCCEEDED" } };

async function deployedShop(shop = OLD): Promise<TemplatedShop> {
  const app = new TemplatedShop();
  expect(await app.deploy(shop)).toMatchObject(SUCCEEDED);
  return app;
}

/** Deploys until the stacks are staged; the driver in the account does the rest. */
async function deployDetached(app: TemplatedShop, shop: Shop): Promise<ReleaseOutcome> {
  const anna = app.process("anna");
  const verb = app.deployOf(shop, anna);
  await app.sim.run(verb(anna.ports, { ...app.options("anna"), until: isStaged }));
  const driver = app.accountProcess("driver");
  return app.sim.run(resumeRelease(driver.ports, app.options("driver")));
}

const queues = (app: TemplatedShop) => [...app.sim.world.queues].toSorted();
const recorded = (app: TemplatedShop) => app.oracle.journal()?.release?.oldResources;

describe("a release that the driver in the account ends", () => {
  test("leaves the old queue, and the journal names it", async () => {
    const app = await deployedShop();
    expect(await deployDetached(app, NEW)).toMatchObject(SUCCEEDED);
    expect(queues(app)).toEqual(["first", "second"]);
    expect(recorded(app)).toMatchObject([
      {
        stackName: "Main",
        logicalId: "Queue",
        type: "AWS::SQS::Queue",
        physicalId: expect.stringMatching(/\/first$/) as string,
        problem: expect.stringContaining("the next `deploy` does") as string,
      },
    ]);
    expect(app.oracle.journal()?.history[0]?.contracted ?? []).not.toContainEqual(expect.stringContaining("first"));
    app.expectNoViolations();
  });

  test.each([
    ["without changes", NEW, { unchanged: true }],
    ["of another version", { ...NEW, functions: { create: "c", list: "c" } }, SUCCEEDED],
  ])("has its old queue deleted by the next deploy %s", async (_what, next, outcome) => {
    const app = await deployedShop();
    await deployDetached(app, NEW);
    expect(await app.deploy(next, "ben")).toMatchObject(outcome);
    expect(queues(app)).toEqual(["second"]);
    expect(recorded(app)).toBeUndefined();
    expect(app.oracle.journal()?.history[0]?.contracted).toContainEqual(
      expect.stringMatching(/Main\.Queue .*\/first$/),
    );
    app.expectNoViolations();
  });

  test("keeps its old queue as long as an alias serves a version from before it", async () => {
    const app = await deployedShop();
    await deployDetached(app, NEW);
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ release: { state: "ROLLED_BACK" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/list": "1" });
    expect(queues(app)).toEqual(["first", "second"]);
    // A deploy that fails leaves the old version live, and what it needs.
    expect(await app.deploy({ ...NEW, fails: true })).toMatchObject({ release: { state: "ROLLED_BACK" } });
    expect(queues(app)).toEqual(["first", "second"]);
    expect(recorded(app)).toHaveLength(1);
    expect(await app.deploy(NEW)).toMatchObject(SUCCEEDED);
    expect(queues(app)).toEqual(["second"]);
    app.expectNoViolations();
  });

  test("keeps its old queue where a person puts the old version live again meanwhile", async () => {
    const app = await deployedShop();
    await deployDetached(app, NEW);
    app.sim.world.listeners.push((change) => {
      const isLast = change.kind === "object" && change.after.includes('"state":"FINALISING"');
      if (isLast && app.oracle.live()["Shop/list"] === "3") moveByHand(app, "list", "1");
    });
    await app.deploy({ ...NEW, functions: { create: "c", list: "c" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "3", "Shop/list": "1" });
    expect(queues(app)).toEqual(["first", "second"]);
    expect(recorded(app)).toMatchObject([{ problem: "list:live serves 1, which may need it" }]);
    app.expectNoViolations();
  });
});

function moveByHand(app: TemplatedShop, name: string, version: string): void {
  const move = { FunctionName: name, Name: "live", FunctionVersion: version, Description: "by hand" };
  const input = { ...move, RoutingConfig: { AdditionalVersionWeights: {} } };
  app.sim.world.handle("lambda", "UpdateAlias", input, "foreign");
}

/** Whether an update only moves the aliases' pins and what the stage held back. */
function isFinalise(change: Change): boolean {
  if (change.kind !== "stack-update" || change.changes.length === 0) return false;
  return change.changes.every(({ ResourceChange: { ResourceType } }) => String(ResourceType).endsWith("Alias"));
}

test("a finalise that CloudFormation rolls back finds the old queue where the old versions need it", async () => {
  const app = await deployedShop();
  const { world } = app.sim;
  const seen: string[][] = [];
  let left = 1;
  world.listeners.push((change) => {
    if (change.kind === "stack-status" && change.status === "UPDATE_ROLLBACK_COMPLETE") seen.push(queues(app));
    if (!isFinalise(change) || left-- <= 0) return;
    world.later(5_000, () => world.handle("cloudformation", "CancelUpdateStack", { StackName: "Main" }, "operator"));
  });
  expect(await app.deploy(NEW)).toMatchObject(SUCCEEDED);
  expect(seen).toEqual([["first", "second"]]);
  expect(queues(app)).toEqual(["second"]);
  app.expectNoViolations();
});

test("a deploy that is killed after its promotion is ended from another machine, and the old queue goes", async () => {
  const whole = await deployedShop();
  const first = whole.process("anna");
  await whole.sim.run(whole.deployOf(NEW, first)(first.ports, whole.options("anna")));
  const places = first.effects.length;
  const recoveries: readonly [string, Verb][] = [
    ["resume", resumeRelease],
    ["rollback", rollbackRelease],
  ];
  for (let effect = Math.floor((places * 2) / 3); effect < places; effect++) {
    for (const [name, verb] of recoveries) {
      const app = await deployedShop();
      const anna = app.process("anna", { killAt: { effect, when: effect % 2 === 0 ? "before" : "after" } });
      const running = app.deployOf(NEW, anna)(anna.ports, app.options("anna"));
      await app.sim.run(Promise.race([running, anna.died]));
      await app.sim.pass(4 * 60_000);
      const where = `${name} after effect ${effect} (${first.effects[effect]})`;
      await app.act("ben", verb);
      app.expectNoViolations(where);
      expect(await app.deploy({ ...NEW, functions: { create: "c", list: "c" } }), where).toMatchObject(SUCCEEDED);
      expect(queues(app), where).toEqual(["second"]);
      app.expectNoViolations(where);
    }
  }
}, 240_000);

type Verb = (ports: ReleasePorts, options: VerbOptions) => Promise<ReleaseOutcome>;
