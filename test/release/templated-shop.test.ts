import { describe, expect, test } from "vitest";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import type { Change } from "../helpers/simulated-aws/world.ts";
import type { Shop } from "./shop-template.ts";
import { FIRST_SHOP, TemplatedShop } from "./templated-shop.ts";

const SECOND_SHOP: Shop = { ...FIRST_SHOP, functions: { create: "b", list: "b" } };
const THIRD_SHOP: Shop = { ...FIRST_SHOP, functions: { create: "c", list: "c" } };
const SUCCEEDED = { exitCode: 0, release: { state: "SUCCEEDED" } };

async function deployedShop(shop = FIRST_SHOP): Promise<TemplatedShop> {
  const app = new TemplatedShop();
  expect(await app.deploy(shop)).toMatchObject(SUCCEEDED);
  return app;
}

/** Whether an update only moves the aliases' pins. */
function isFinalise(change: Change): change is Extract<Change, { kind: "stack-update" }> {
  if (change.kind !== "stack-update" || change.changes.length === 0) return false;
  return change.changes.every(({ ResourceChange: { ResourceType } }) => String(ResourceType).endsWith("Alias"));
}

/** Has a person cancel the updates that move the pins, as often as it says. */
function cancelFinalises(app: TemplatedShop, times: number): void {
  const { world } = app.sim;
  let left = times;
  world.listeners.push((change) => {
    if (!isFinalise(change) || left-- <= 0) return;
    world.later(5_000, () => world.handle("cloudformation", "CancelUpdateStack", { StackName: "Main" }, "operator"));
  });
}

test("a new queue is there before the new version, and the old one until the promotion", async () => {
  const app = await deployedShop();
  expect(await app.deploy({ ...SECOND_SHOP, queue: "second" })).toMatchObject(SUCCEEDED);
  expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "2" });
  expect([...app.sim.world.queues]).toEqual(["second"]);
  expect(await app.deploy({ ...SECOND_SHOP, queue: "second" })).toMatchObject({ unchanged: true });
  app.expectNoViolations();
});

test("a nested stack that is listed in every change set of its parent keeps no release from its end", async () => {
  const app = await deployedShop({ ...FIRST_SHOP, nested: "deep" });
  for (const shop of [SECOND_SHOP, THIRD_SHOP, { ...THIRD_SHOP, queue: "second" }])
    expect(await app.deploy({ ...shop, nested: "deep" })).toMatchObject(SUCCEEDED);
  const { parameters } = app.sim.world.stackOf("Main").target;
  expect(parameters).toMatchObject({ LiveVersioncreate: "4", LiveVersionlist: "4" });
  app.expectNoViolations();
});

test("a workflow that the app drops, and nothing else, is gone after the promotion", async () => {
  const app = await deployedShop({ ...FIRST_SHOP, flow: "a" });
  expect(await app.deploy(FIRST_SHOP)).toMatchObject(SUCCEEDED);
  expect(app.oracle.live()).toMatchObject({ "Shop/flow": "nothing" });
  expect(await app.deploy(FIRST_SHOP)).toMatchObject({ unchanged: true });
  app.expectNoViolations();
});

describe("a finalise that CloudFormation rolls back", () => {
  test("leaves all traffic on the new versions, and the release succeeds with the next attempt", async () => {
    const app = await deployedShop();
    cancelFinalises(app, 1);
    expect(await app.deploy(SECOND_SHOP)).toMatchObject(SUCCEEDED);
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "2" });
    app.expectNoViolations();
  });

  test("and that is rolled back each time leaves the new versions live in FINALISE_PENDING", async () => {
    const app = await deployedShop();
    cancelFinalises(app, 3);
    expect(await app.deploy(SECOND_SHOP)).toMatchObject({ exitCode: 6, release: { state: "FINALISE_PENDING" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "2" });
    expect(await app.act("ben", resumeRelease)).toMatchObject(SUCCEEDED);
    app.expectNoViolations();
  });

  test("and whose driver died meanwhile is repaired by the driver that resumes it", async () => {
    const app = await deployedShop();
    cancelFinalises(app, 1);
    const anna = app.process("anna");
    const running = app.deployOf(SECOND_SHOP, anna)(anna.ports, app.options("anna"));
    const finalising = new Promise<void>((resolve) => {
      app.sim.world.listeners.push((change) => isFinalise(change) && resolve());
    });
    void running.catch(() => undefined);
    await app.sim.run(finalising);
    const effect = anna.effects.length;
    const again = new TemplatedShop();
    await again.deploy(FIRST_SHOP);
    cancelFinalises(again, 1);
    const killed = again.process("anna", { killAt: { effect: effect - 1, when: "after" } });
    const verb = again.deployOf(SECOND_SHOP, killed);
    expect(await again.sim.run(Promise.race([verb(killed.ports, again.options("anna")), killed.died]))).toBe("killed");
    await again.sim.pass(4 * 60_000);
    expect(again.sim.world.stackOf("Main").status).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await again.act("ben", resumeRelease)).toMatchObject(SUCCEEDED);
    expect(again.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "2" });
    again.expectNoViolations();
  });
});

test("an alias that a person moves back after the promotion is not moved again by the finalise", async () => {
  const app = await deployedShop();
  const { world } = app.sim;
  const move = { FunctionName: "list", Name: "live", FunctionVersion: "1", Description: "by hand" };
  world.listeners.push((change) => {
    const isLast = change.kind === "object" && change.after.includes('"state":"FINALISING"');
    if (isLast && world.functions.get("list")?.aliases.get("live")?.primary === "2")
      world.handle("lambda", "UpdateAlias", { ...move, RoutingConfig: { AdditionalVersionWeights: {} } }, "foreign");
  });
  const { release } = await app.deploy({ ...SECOND_SHOP, queue: "second" });
  expect(release).toMatchObject({ state: "SUCCEEDED", drifted: ["Shop/list"] });
  expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "1" });
  // The version that the person put live needs the old queue: nothing is contracted under it.
  expect([...world.queues].toSorted()).toEqual(["first", "second"]);
  app.expectNoViolations();
});

describe("an alias that a person moves while the stacks are finalised", () => {
  const move = (app: TemplatedShop) =>
    app.sim.world.handle(
      "lambda",
      "UpdateAlias",
      {
        FunctionName: "list",
        Name: "live",
        FunctionVersion: "1",
        Description: "by hand",
        RoutingConfig: { AdditionalVersionWeights: {} },
      },
      "foreign",
    );

  test("stays where it is if the change set does not run yet", async () => {
    const app = await deployedShop();
    let isMoved = false;
    app.sim.world.listeners.push((change) => {
      const isAttempt = change.kind === "object" && change.after.includes('"effect":{"kind":"finalise"');
      if (!isAttempt || isMoved) return;
      isMoved = true;
      app.sim.world.later(300, () => move(app));
    });
    const { release } = await app.deploy({ ...SECOND_SHOP, queue: "second" });
    expect(isMoved).toBe(true);
    expect(release).toMatchObject({ state: "SUCCEEDED", drifted: ["Shop/list"] });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "1" });
    expect([...app.sim.world.queues].toSorted()).toEqual(["first", "second"]);
    app.expectNoViolations();
  });

  test("is named, and the release is not over before a person has seen it", async () => {
    const app = await deployedShop();
    let [isFinalising, isMoved] = [false, false];
    app.sim.world.listeners.push((change) => {
      isFinalising ||= isFinalise(change);
      if (!isFinalising || isMoved || change.kind !== "stack-status") return;
      isMoved = change.status === "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS";
      if (isMoved) move(app);
    });
    expect(await app.deploy(SECOND_SHOP)).toMatchObject({
      exitCode: 6,
      release: { state: "FINALISE_PENDING", cause: { trigger: "foreign-change" }, drifted: ["Shop/list"] },
    });
    app.expectNoViolations();
    expect(await app.act("ben", resumeRelease)).toMatchObject({
      release: { state: "SUCCEEDED", drifted: ["Shop/list"] },
    });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "1" });
    expect(await app.deploy(THIRD_SHOP)).toMatchObject(SUCCEEDED);
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "3", "Shop/list": "3" });
    app.expectNoViolations();
  });

  test("stays there while the release waits for its stacks, and the release says so", async () => {
    const app = await deployedShop();
    cancelFinalises(app, 3);
    expect(await app.deploy(SECOND_SHOP)).toMatchObject({ release: { state: "FINALISE_PENDING" } });
    move(app);
    expect(await app.act("ben", resumeRelease)).toMatchObject({
      release: { state: "SUCCEEDED", drifted: ["Shop/list"] },
    });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "1" });
    app.expectNoViolations();
  });
});

test("a status that DescribeStacks still shows from before the update is not taken for its end", async () => {
  const app = await deployedShop();
  app.sim.world.statusDelayMs = 3_000;
  expect(await app.deploy(SECOND_SHOP)).toMatchObject(SUCCEEDED);
  expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "2" });
  app.expectNoViolations();
});

test("a stage that fails after a rollback without the stacks leaves every alias where it was", async () => {
  const app = await deployedShop();
  expect(await app.deploy({ ...SECOND_SHOP, aliasDescription: "live traffic" })).toMatchObject(SUCCEEDED);
  await app.act("ben", ({ stacks: _stacks, ...ports }, options) => rollbackRelease(ports, options));
  expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/list": "1" });
  expect(await app.deploy({ ...THIRD_SHOP, fails: true })).toMatchObject({ release: { state: "ROLLED_BACK" } });
  expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/list": "1" });
  app.expectNoViolations();
});

describe("a parameter that is changed by hand", () => {
  test("is live after the next deploy, which publishes the difference", async () => {
    const app = await deployedShop();
    app.updateByHand({ Mode: "b" });
    await app.sim.pass(60_000);
    expect(await app.deploy(FIRST_SHOP)).toMatchObject(SUCCEEDED);
    expect(app.sim.world.contents.get("list:2")).toMatchObject({ Environment: { Variables: { MODE: "b" } } });
    app.expectNoViolations();
  });

  test("and that is a pin moves traffic, which the next release starts from", async () => {
    const app = await deployedShop();
    await app.deploy(SECOND_SHOP);
    app.updateByHand({ LiveVersionlist: "1" });
    await app.sim.pass(60_000);
    expect(app.oracle.live()).toMatchObject({ "Shop/list": "1" });
    expect(await app.deploy({ ...THIRD_SHOP, fails: true })).toMatchObject({ release: { state: "ROLLED_BACK" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "2", "Shop/list": "1" });
    app.expectNoViolations();
  });
});

describe.each(["CreateChangeSet", "ExecuteChangeSet", "DescribeChangeSet", "DescribeStacks", "GetTemplate"] as const)(
  "%s",
  (operation) => {
    test.each(["throttle", "drop", "lose-reply", "lose-reply-and-retry"] as const)(
      "that fails by %s leaves the app on one side, and the next deploy succeeds",
      async (kind) => {
        for (let skip = 0; skip < 4; skip++) {
          const app = await deployedShop();
          app.sim.faults.push({ service: "cloudformation", operation, kind, times: 1, skip });
          await app.deploy(SECOND_SHOP).catch(() => undefined);
          const [create, list] = [app.oracle.live()["Shop/create"], app.oracle.live()["Shop/list"]];
          expect(create, `${operation} ${kind} ${skip}`).toBe(list);
          app.sim.faults.length = 0;
          expect(await app.deploy(THIRD_SHOP)).toMatchObject(SUCCEEDED);
          app.expectNoViolations();
        }
      },
      60_000,
    );
  },
);
