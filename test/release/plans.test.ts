import { describe, expect, test } from "vitest";
import { abortRelease } from "../../lib/release/verbs/ask.ts";
import { releaseHistory, releaseStatus } from "../../lib/release/verbs/look.ts";
import { openPlan } from "../../lib/release/verbs/open-plan.ts";
import { previewRollback } from "../../lib/release/verbs/preview-rollback.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { MINUTE, Rehearsal } from "./rehearsal.ts";

/** Opens a plan in a process of that name. */
function plan(app: Rehearsal, name: string, templateDigest = "digest-2") {
  const { ports } = app.process(name);
  return app.sim.run(openPlan(ports, { ...app.options(name), templateDigest }));
}

async function plansOf(app: Rehearsal) {
  return (await app.sim.run(releaseHistory(app.process("ben").ports))).plans;
}

async function appWithRelease(): Promise<Rehearsal> {
  const app = new Rehearsal();
  expect(await app.deploy()).toMatchObject({ release: { state: "SUCCEEDED" } });
  return app;
}

/** Opens a plan whose process ends at its first sign of life. */
async function killedPlan(app: Rehearsal): Promise<void> {
  const dying = app.process("anna", { killAt: { effect: 1, when: "before" } });
  await app.sim.run(openPlan(dying.ports, { ...app.options("anna"), templateDigest: "digest-2" }));
  await app.sim.pass(5 * MINUTE);
}

describe("a deploy that is killed before its release starts", () => {
  test("is shown by status and history", async () => {
    const app = await appWithRelease();
    await killedPlan(app);
    const { ports } = app.process("ben");
    const status = await app.sim.run(releaseStatus(ports));
    expect(status).toMatchObject({ release: { state: "SUCCEEDED" }, plans: [{ actor: "anna", dead: true }] });
    const { plans } = await app.sim.run(releaseHistory(ports));
    expect(plans).toMatchObject([{ actor: "anna", dead: true }]);
    expect(plans[0]?.closed).toBeUndefined();
  });

  test("cannot be resumed, and the error says what to run", async () => {
    const app = await appWithRelease();
    await killedPlan(app);
    await expect(app.act("ben", resumeRelease)).rejects.toMatchObject({
      code: "NothingToResume",
      fix: expect.stringContaining("deploy"),
    });
  });

  test("is discarded by a rollback, which moves no alias; the next rollback does", async () => {
    const app = await appWithRelease();
    const before = app.oracle.live();
    await killedPlan(app);
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ exitCode: 0, givenUp: [{ actor: "anna" }] });
    expect(app.oracle.live()).toEqual(before);
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ release: { kind: "rollback" } });
    expect(app.oracle.live()["Shop/create"]).toBe("1");
    app.expectNoViolations();
  });

  test("is discarded by an abort", async () => {
    const app = await appWithRelease();
    await killedPlan(app);
    expect(await app.act("ben", abortRelease)).toMatchObject({ exitCode: 0, givenUp: [{ actor: "anna" }] });
    const { plans } = await app.sim.run(releaseHistory(app.process("ben").ports));
    expect(plans[0]?.closed).toMatchObject({ outcome: "given-up", by: "ben" });
  });

  test("does not delay a rollback once a newer release was deployed", async () => {
    const app = await appWithRelease();
    await killedPlan(app);
    await app.deploy("ben", app.plan("digest-3"));
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ release: { kind: "rollback" } });
  });

  test("of an app whose journal was lost leaves the aliases as the only witnesses", async () => {
    const app = new Rehearsal();
    const cut = await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
      killAt: { effect: 40, when: "before" },
    });
    expect(cut).toBe("killed");
    app.sim.world.objects.clear();
    await killedPlan(app);
    const outcome = await app.deploy("ben", app.plan("digest-2"));
    expect(outcome).toMatchObject({ release: { state: "SUCCEEDED" } });
    const { releases } = await app.sim.run(releaseHistory(app.process("ben").ports));
    expect(releases.map(({ state }) => state)).toEqual(["SUCCEEDED", "ROLLED_BACK"]);
    expect(app.oracle.journal()?.fence).toBe(2);
  });
});

describe("a deploy that is being planned", () => {
  test("stays alive for as long as it reads and asks, also beside another driver", async () => {
    const app = new Rehearsal();
    const running = app.deploy();
    await app.sim.pass(MINUTE);
    await plan(app, "ben");
    await app.sim.pass(10 * MINUTE);
    const status = await app.sim.run(releaseStatus(app.process("carl").ports));
    expect(status.plans).toMatchObject([{ actor: "ben", dead: false }]);
    expect(await running).toMatchObject({ release: { state: "SUCCEEDED" } });
  });

  test("becomes the release of its id in one write", async () => {
    const app = await appWithRelease();
    const open = await plan(app, "anna");
    const outcome = await app.deploy("anna", app.plan("digest-2"), { planId: open.id });
    expect(outcome.release?.id).toBe(open.id);
    expect(await plansOf(app)).toEqual([]);
    await app.sim.run(open.close("joined"));
    expect(await plansOf(app)).toEqual([]);
  });

  test("does not start once a rollback gave it up", async () => {
    const app = await appWithRelease();
    const open = await plan(app, "anna");
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ givenUp: [{ id: open.id }] });
    await expect(app.deploy("anna", app.plan("digest-2"), { planId: open.id })).rejects.toMatchObject({
      code: "PlanGivenUp",
    });
    expect(app.oracle.live()["Shop/create"]).toBe("2");
  });

  test.each(["declined", "unchanged", "refused"] as const)(
    "is closed as %s, and does not count as a release",
    async (outcome) => {
      const app = await appWithRelease();
      const open = await plan(app, "anna");
      await app.sim.run(open.close(outcome, "why"));
      const { plans, releases } = await app.sim.run(releaseHistory(app.process("ben").ports));
      expect(plans).toMatchObject([{ closed: { outcome, text: "why" } }]);
      expect(releases).toHaveLength(1);
      expect(await app.act("ben", rollbackRelease)).toMatchObject({ release: { kind: "rollback" } });
    },
  );

  test("is removed after twenty others", async () => {
    const app = await appWithRelease();
    for (let round = 0; round < 22; round++) await app.sim.run((await plan(app, "anna")).close("unchanged"));
    expect(await plansOf(app)).toHaveLength(20);
  });
});

describe("what a rollback says before it moves anything", () => {
  test("names the release, each member's versions, and what stays", async () => {
    const app = new Rehearsal();
    const origin = {
      actor: "anna",
      commit: "abc123",
      templateDigest: "digest-1",
      resources: ["Shop/Orders (AWS::SQS::Queue, replaced)"],
    };
    const { release } = await app.deploy("anna", app.plan("digest-1", { origin }));
    await app.sim.pass(90 * MINUTE);
    const preview = await app.sim.run(previewRollback(app.process("ben").ports, {}));
    expect(preview).toMatchObject({
      leaves: { id: release?.id, actor: "anna", commit: "abc123" },
      stays: ["Shop/Orders (AWS::SQS::Queue, replaced)"],
      givesUp: false,
    });
    expect(preview?.members).toContainEqual({ path: "Shop/create", from: "2", to: "1" });
    expect(preview!.now - preview!.leaves.at).toBeGreaterThan(60 * MINUTE);
  });

  test("passes over a release that moved no alias, and says so", async () => {
    const app = await appWithRelease();
    for (const member of app.sim.stackScript.creates.values()) member.changed = false;
    const quiet = await app.deploy("anna", app.plan("digest-2"));
    const preview = await app.sim.run(previewRollback(app.process("ben").ports, {}));
    expect(preview).toMatchObject({ passedOver: [quiet.release?.id] });
    expect(preview?.leaves.id).not.toBe(quiet.release?.id);
    await app.act("ben", rollbackRelease);
    expect(app.oracle.live()["Shop/create"]).toBe("1");
  });

  test("is undefined where nothing would move", async () => {
    const app = await appWithRelease();
    await app.act("ben", rollbackRelease);
    expect(await app.sim.run(previewRollback(app.process("ben").ports, {}))).toBeUndefined();
  });

  test("holds: a release that came in between is not left in its place", async () => {
    const app = await appWithRelease();
    const preview = await app.sim.run(previewRollback(app.process("ben").ports, {}));
    await app.deploy("anna", app.plan("digest-2"));
    const agreed: typeof rollbackRelease = (ports, options) =>
      rollbackRelease(ports, { ...options, leaves: preview!.leaves.id });
    await expect(app.act("ben", agreed)).rejects.toMatchObject({ code: "RollbackChanged" });
    expect(app.oracle.live()["Shop/create"]).toBe("3");
  });
});
