import { expect, test } from "vitest";
import type { StackPort } from "../../lib/release/ports/stack-port.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { Rehearsal } from "./rehearsal.ts";

test("what only older versions need is removed once, after the promotion, and what is deployed is live", async () => {
  const app = new Rehearsal();
  expect(await app.deploy()).toMatchObject({ release: { state: "SUCCEEDED" } });
  const contracted = app.sim.world.changes.filter((change) => change.kind === "stack" && change.what === "contracted");
  expect(contracted).toHaveLength(1);
  expect(Object.fromEntries(app.sim.world.deployed)).toEqual(app.oracle.live());
  app.expectNoViolations();
});

test("a stage that removes at once what the stable version needs is seen by the oracle", async () => {
  const app = new Rehearsal();
  app.sim.stackScript.stageRemoves = true;
  await app.deploy();
  expect(app.oracle.violations[0]).toMatch(/serves 1 while what only older versions than 2 need is removed/);
});

test("a release that succeeds beside what is deployed is seen by the oracle", async () => {
  const app = new Rehearsal();
  app.sim.world.listeners.push((change) => {
    if (change.kind === "stack" && change.what === "finalised") app.sim.world.deployed.set("Shop/list", "3");
  });
  await app.deploy();
  expect(app.oracle.violations).toContain("SUCCEEDED: Shop/list serves 2, and 3 is what is deployed");
});

test("a rollback names what the contraction of the release took away, before it moves an alias", async () => {
  const app = new Rehearsal();
  const removed = ["Main.Queue (AWS::SQS::Queue)"];
  const outcome = await app.act("anna", (ports, options) => {
    const { stacks } = ports;
    if (stacks === undefined) throw new Error("the rehearsal has no stacks");
    const finalise: typeof stacks.finalise = async (request) => {
      const ended = await stacks.finalise(request);
      return ended.kind === "finalised" && request.contracts ? { ...ended, removed } : ended;
    };
    const contracting: StackPort = {
      stage: (request) => stacks.stage(request),
      finalise,
      statuses: () => stacks.statuses(),
      pins: () => stacks.pins(),
    };
    return startRelease(app.plan(), { ...ports, stacks: contracting }, options);
  });
  expect(outcome).toMatchObject({ release: { state: "SUCCEEDED", contracted: removed } });
  await app.act("bob", (ports, options) => rollbackRelease(ports, options));
  const written = [...app.sim.world.objects.values()].join("\n");
  expect(written).toContain(`the versions gone back to may need what is no longer there: ${removed.join(", ")}`);
});
