import { describe, expect, test } from "vitest";
import { abortRelease } from "../../lib/release/verbs/ask.ts";
import { breakDeadLock } from "../../lib/release/verbs/await-turn.ts";
import { releaseStatus } from "../../lib/release/verbs/look.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { MINUTE, Rehearsal } from "./rehearsal.ts";

/** What leaves the live version and the version that CloudFormation would restore apart. */
const APART: Readonly<Record<string, (app: Rehearsal) => Promise<unknown>>> = {
  "a rollback without the stacks at hand": (app) =>
    app.act("ben", ({ stacks: _stacks, ...ports }, options) => rollbackRelease(ports, options)),
  "an emergency move by hand": async (app) => {
    for (const name of ["create", "list", "notify"]) app.moveAlias(name, { primary: "1" }, "operator");
  },
};

/** Deploys version 2, takes it back, and makes the next stage fail. */
async function rolledBackApp(apart: (app: Rehearsal) => Promise<unknown>): Promise<Rehearsal> {
  const app = new Rehearsal();
  await app.deploy("anna", app.plan("digest-1"));
  expect(app.oracle.live()["Shop/list"]).toBe("2");
  await apart(app);
  expect(app.oracle.live()["Shop/list"]).toBe("1");
  app.sim.stackScript.stage = "fails";
  return app;
}

/** Which side effect of such a deploy is the start of its stack update. */
async function stageEffect(apart: (app: Rehearsal) => Promise<unknown>): Promise<number> {
  const app = await rolledBackApp(apart);
  app.sim.stackScript.finalise = "refused";
  const { ports, effects } = app.process("anna");
  await app.sim.run(startRelease(app.plan("digest-2"), ports, app.options("anna")));
  return effects.indexOf("stacks Stage");
}

describe.each(Object.entries(APART))("after %s", (_what, apart) => {
  test("a failed stage leaves every alias on the version that was live", async () => {
    const app = await rolledBackApp(apart);
    const before = app.oracle.live();
    const outcome = await app.deploy("anna", app.plan("digest-2"));
    expect(outcome).toMatchObject({ exitCode: 3, release: { state: "ROLLED_BACK", cause: { trigger: "stage" } } });
    expect(app.oracle.live()).toEqual(before);
    app.expectNoViolations();
  });

  test("a stage is repaired even where the pins cannot be moved first", async () => {
    const app = await rolledBackApp(apart);
    app.sim.stackScript.finalise = "refused";
    const before = app.oracle.live();
    const outcome = await app.deploy("anna", app.plan("digest-2"));
    expect(outcome.release).toMatchObject({ state: "ROLLED_BACK" });
    expect(app.oracle.live()).toEqual(before);
    app.expectNoViolations();
  });

  test.each(["abort", "resume", "rollback"] as const)(
    "%s waits for a stage that is still rolling back",
    async (verb) => {
      const effect = await stageEffect(apart);
      const app = await rolledBackApp(apart);
      app.sim.stackScript.finalise = "refused";
      const before = app.oracle.live();
      const deploy: typeof resumeRelease = (ports, options) => startRelease(app.plan("digest-2"), ports, options);
      expect(await app.act("anna", deploy, { killAt: { effect, when: "after" } })).toBe("killed");
      expect(app.sim.world.stacks.get("Main")).toBe("UPDATE_IN_PROGRESS");
      const { ports } = app.process("ben");
      await app.sim.run(breakDeadLock(ports.journal, () => true));
      const run = { abort: abortRelease, resume: resumeRelease, rollback: rollbackRelease }[verb];
      await app.sim.run(run(ports, app.options("ben")));
      expect(app.sim.world.stacks.get("Main")).toBe("UPDATE_ROLLBACK_COMPLETE");
      expect(app.oracle.live()).toEqual(before);
      app.expectNoViolations();
    },
  );
});

test("after FINALISE_PENDING, a failed stage leaves the versions that are live", async () => {
  const app = new Rehearsal();
  app.sim.stackScript.finalise = "refused";
  expect(await app.deploy("anna", app.plan("digest-1"))).toMatchObject({ exitCode: 6 });
  const before = app.oracle.live();
  expect(before["Shop/list"]).toBe("2");
  app.sim.stackScript.stage = "fails";
  expect((await app.deploy("anna", app.plan("digest-2"))).release?.state).toBe("ROLLED_BACK");
  expect(app.oracle.live()).toEqual(before);
  app.expectNoViolations();
});

test("a rollback with the stacks at hand moves the pins as well", async () => {
  const app = new Rehearsal();
  await app.deploy();
  expect(app.sim.world.pins.get("Shop/list")).toBe("2");
  expect(await app.act("ben", rollbackRelease)).toMatchObject({ exitCode: 0 });
  expect(app.sim.world.pins.get("Shop/list")).toBe("1");
  app.expectNoViolations();
});

test("an alias that is moved by hand during a stage that fails is left where it is, and named", async () => {
  const app = new Rehearsal();
  await app.deploy();
  app.sim.stackScript.stage = "fails";
  const running = startRelease(app.plan("digest-2"), app.process("anna").ports, app.options("anna"));
  await app.sim.pass(MINUTE / 2);
  app.moveAlias("list", { primary: "1" });
  expect(await app.sim.run(running)).toMatchObject({ release: { state: "ROLLED_BACK" } });
  expect(app.oracle.live()["Shop/list"]).toBe("1");
  const { aliases } = await app.sim.run(releaseStatus(app.process("ben").ports));
  expect(aliases.find(({ path }) => path === "Shop/list")).toMatchObject({ drifted: true, recorded: { primary: "2" } });
  app.expectNoViolations();
});

test("status shows drift of an alias that the last release did not move", async () => {
  const app = new Rehearsal();
  app.sim.stackScript.creates.get("Shop/list")!.changed = false;
  await app.deploy();
  app.sim.world.publish("list");
  app.moveAlias("list", { primary: "2" });
  const { aliases } = await app.sim.run(releaseStatus(app.process("ben").ports));
  expect(aliases.filter(({ drifted }) => drifted).map(({ path }) => path)).toEqual(["Shop/list"]);
});

test("aliases that cannot be read end the release with the reason, and not with silence", async () => {
  const app = new Rehearsal();
  await app.deploy();
  app.sim.faults.push({ service: "lambda", operation: "GetAlias", kind: "throttle", times: 1_000_000 });
  const outcome = await app.deploy("anna", app.plan("digest-2"));
  expect(outcome.release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "preflight" } });
  expect(outcome.release?.cause?.text).toContain("cannot be read");
});
