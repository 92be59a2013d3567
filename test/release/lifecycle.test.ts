import { describe, expect, test } from "vitest";
import { pauseRelease, promoteRelease } from "../../lib/release/verbs/ask.ts";
import { explainRelease, releaseHistory, releaseStatus } from "../../lib/release/verbs/look.ts";
import { pruneVersions } from "../../lib/release/verbs/prune.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { hook, MINUTE, Rehearsal } from "./rehearsal.ts";

const ALL_AT_ONCE = { name: "AllAtOnce", steps: [], finalBakeMs: 0 };

describe("what is shifted", () => {
  test("the first deploy of everything shifts nothing and says so", async () => {
    const app = new Rehearsal({ functions: ["create"], machine: false });
    app.sim.world.functions.clear();
    const members = app.members.map(({ target: _target, ...member }) => member);
    const outcome = await app.deploy("anna", app.plan("digest-1", { members }));
    expect(outcome).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    expect(app.oracle.writes).toEqual([]);
    const told = await app.sim.run(explainRelease(app.process("ben").ports));
    expect(told?.events.find(({ code }) => code === "FirstDeploy")?.text).toContain("Shop/create");
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ exitCode: 7, unchanged: true });
  });

  test("members without a new version stay alone", async () => {
    const app = new Rehearsal();
    app.sim.stackScript.creates.get("Shop/list")!.changed = false;
    expect((await app.deploy()).release?.state).toBe("SUCCEEDED");
    app.expectNoViolations();
    expect(app.oracle.writes.map(({ path }) => path)).not.toContain("Shop/list");
    expect(app.oracle.writes).toHaveLength(9);
  });

  test("all at once is one call for each alias", async () => {
    const app = new Rehearsal({ plan: { policy: ALL_AT_ONCE } });
    expect((await app.deploy()).release?.state).toBe("SUCCEEDED");
    app.expectNoViolations();
    expect(app.oracle.writes).toHaveLength(4);
    expect(app.transitions).not.toContain("SHIFTING 0");
  });

  test("a member that opts out moves with the promotion", async () => {
    const app = new Rehearsal();
    const members = app.members.map((member) =>
      member.path === "Shop/list" ? { ...member, shift: "all-at-once" as const } : member,
    );
    expect((await app.deploy("anna", app.plan("digest-1", { members }))).release?.state).toBe("SUCCEEDED");
    app.expectNoViolations();
    expect(app.oracle.writes.filter(({ path }) => path === "Shop/list")).toEqual([
      { path: "Shop/list", state: "PROMOTING", who: "anna" },
    ]);
  });

  test("callees shift before callers and go back after them", async () => {
    const app = new Rehearsal({ plan: { hooks: [hook("postTraffic")] } });
    app.sim.world.hooks.set("postTraffic-hook", () => ({ payload: "no" }));
    await app.deploy();
    app.expectNoViolations();
    const order = (state: string) => app.oracle.writes.filter((write) => write.state === state).map(({ path }) => path);
    const promoted = order("PROMOTING");
    expect(promoted.indexOf("Shop/notify")).toBeLessThan(promoted.indexOf("Shop/create"));
    expect(promoted.indexOf("Shop/create")).toBeLessThan(promoted.indexOf("Shop/flow"));
    const back = order("ABORTING");
    expect(back.indexOf("Shop/flow")).toBeLessThan(back.indexOf("Shop/create"));
    expect(back.indexOf("Shop/create")).toBeLessThan(back.indexOf("Shop/notify"));
  });
});

describe("the preflight", () => {
  test.each([
    ["another execution role", { role: "other" }, "execution roles"],
    [
      "another dead-letter target",
      { deadLetterTarget: "arn:aws:sqs:us-east-1:123456789012:dead" },
      "dead-letter targets",
    ],
    ["a version that is not active", { state: "Failed" }, "version 2 is Failed"],
  ])("refuses %s before any weight is written", async (_what, settings, words) => {
    const app = new Rehearsal();
    app.sim.stackScript.creates.set("Shop/list", { target: app.members[1]!.target!, changed: true, settings });
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "preflight" } });
    expect(outcome.release?.cause?.text).toContain(words);
    expect(app.oracle.writes).toEqual([]);
  });

  test("refuses provisioned concurrency on the alias", async () => {
    const app = new Rehearsal();
    app.sim.world.functions.get("list")!.provisioned.add("live");
    const outcome = await app.deploy();
    expect(outcome.release?.cause?.text).toContain("provisioned concurrency");
    expect(app.oracle.writes).toEqual([]);
  });

  test("lets another role through when the member moves all at once", async () => {
    const app = new Rehearsal({ plan: { policy: ALL_AT_ONCE } });
    app.sim.stackScript.creates.set("Shop/list", {
      target: app.members[1]!.target!,
      changed: true,
      settings: { role: "other" },
    });
    expect((await app.deploy()).release?.state).toBe("SUCCEEDED");
  });

  test("a plan that could not be carried out is refused with all its problems", async () => {
    const app = new Rehearsal();
    const steps = [
      { percent: 50, bakeMs: 0 },
      { percent: 20.5, bakeMs: Number.NaN },
    ];
    const plan = app.plan("digest-1", { policy: { name: "Custom", steps, finalBakeMs: -1 }, keepVersions: 0 });
    const refused = startRelease(plan, app.process("anna").ports, app.options("anna"));
    await expect(app.sim.run(refused)).rejects.toMatchObject({ code: "ReleasePlanInvalid" });
    await expect(refused).rejects.toThrow(
      /step 2 has 20.5 %[\s\S]*step 2 bakes NaN[\s\S]*last bake[\s\S]*keepVersions/,
    );
  });
});

describe("stacks", () => {
  test("a failed staging touches no alias", async () => {
    const app = new Rehearsal();
    app.sim.stackScript.stage = "fails";
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome).toMatchObject({ exitCode: 3, release: { state: "ROLLED_BACK", cause: { trigger: "stage" } } });
    expect(app.oracle.writes).toEqual([]);
  });

  test("a failed finalise leaves traffic right, is retried, and never reverted", async () => {
    const app = new Rehearsal();
    app.sim.stackScript.finalise = "fails";
    const outcome = await app.deploy();
    expect(outcome).toMatchObject({ exitCode: 6, release: { state: "FINALISE_PENDING" } });
    expect(app.oracle.live()["Shop/list"]).toBe("2");
    expect(await app.act("ben", resumeRelease)).toMatchObject({ exitCode: 6 });
    app.sim.stackScript.finalise = "works";
    expect(await app.act("ben", resumeRelease)).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    app.expectNoViolations();
  });

  test("the next deploy goes over a pending finalise", async () => {
    const app = new Rehearsal();
    app.sim.stackScript.finalise = "fails";
    await app.deploy();
    app.sim.stackScript.finalise = "works";
    expect(await app.deploy("ben", app.plan("digest-2"))).toMatchObject({ exitCode: 0 });
    app.expectNoViolations();
    expect(app.oracle.live()["Shop/list"]).toBe("3");
  });

  test("a pending finalise can be rolled back from", async () => {
    const app = new Rehearsal();
    app.sim.stackScript.finalise = "fails";
    await app.deploy();
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    app.expectNoViolations();
    expect(app.oracle.live()["Shop/list"]).toBe("1");
  });
});

describe("an unfinished release", () => {
  const dead = async (effect: number) => {
    const app = new Rehearsal();
    await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
      killAt: { effect, when: "after" },
    });
    await app.sim.pass(3 * MINUTE);
    return app;
  };

  test("is rolled back before another template is deployed", async () => {
    for (const effect of [3, 8, 15, 25, 35, 45, 55, 65, 75]) {
      const app = await dead(effect);
      const outcome = await app.deploy("ben", app.plan("digest-2"));
      app.expectNoViolations(`${effect}`);
      expect(outcome, `${effect}`).toMatchObject({
        exitCode: 0,
        release: { state: "SUCCEEDED", origin: { templateDigest: "digest-2" } },
      });
    }
  });

  test("keeps the lock for the time of its lease", async () => {
    const app = new Rehearsal();
    await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
      killAt: { effect: 30, when: "after" },
    });
    await expect(
      app.act("ben", (ports, options) => startRelease(app.plan("digest-2"), ports, options)),
    ).rejects.toMatchObject({ code: "DeployerBusy" });
  });

  test("without a driver for longer than allowed is paused, and continues with resume", async () => {
    const app = await dead(36);
    await app.sim.pass(90 * MINUTE);
    const outcome = await app.deploy("ben");
    expect(outcome).toMatchObject({
      exitCode: 4,
      release: { state: "PAUSED", pause: { cause: { trigger: "recovery" } } },
    });
    expect(await app.act("ben", resumeRelease)).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    app.expectNoViolations();
  });
});

describe("wishes", () => {
  const running = async () => {
    const app = new Rehearsal();
    const anna = app.process("anna");
    const end = startRelease(app.plan(), anna.ports, { ...app.options("anna"), whilePaused: "wait" });
    await app.sim.run(app.process("clock").ports.clock.sleep(3 * MINUTE));
    return { app, end };
  };

  test("pause holds the weights, and resume continues", async () => {
    const { app, end } = await running();
    await app.sim.run(pauseRelease(app.process("ben").ports, { ...app.options("ben"), reason: "lunch" }));
    await app.sim.run(app.process("clock").ports.clock.sleep(60 * MINUTE));
    const status = await app.sim.run(releaseStatus(app.process("cleo").ports));
    expect(status).toMatchObject({ driven: true, release: { state: "PAUSED" } });
    expect(app.oracle.live()["Shop/list"]).toBe("1+2@10");
    const told = await app.sim.run(explainRelease(app.process("cleo").ports));
    expect(told?.reasons.join("\n")).toContain("lunch");
    expect(await app.sim.run(resumeRelease(app.process("ben").ports, app.options("ben")))).toMatchObject({
      leftTo: { actor: "anna" },
    });
    expect(await app.sim.run(end)).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    app.expectNoViolations();
  });

  test("promote skips the waiting", async () => {
    const { app, end } = await running();
    const asked = app.sim.scheduler.now;
    await app.sim.run(promoteRelease(app.process("ben").ports, app.options("ben")));
    expect(await app.sim.run(end)).toMatchObject({ exitCode: 0 });
    app.expectNoViolations();
    expect(app.transitions).not.toContain("SHIFTING 1");
    expect(app.sim.scheduler.now - asked).toBeLessThan(7 * MINUTE);
  });

  test("a signal stops between two ticks and gives the lock back", async () => {
    const app = new Rehearsal();
    const stop = new AbortController();
    const end = startRelease(app.plan(), app.process("anna").ports, { ...app.options("anna"), signal: stop.signal });
    await app.sim.run(app.process("clock").ports.clock.sleep(3 * MINUTE));
    stop.abort();
    expect(await app.sim.run(end)).toMatchObject({ exitCode: 130, release: { state: "SHIFTING" } });
    expect(app.oracle.journal()?.lock).toBeUndefined();
    expect(await app.act("ben", resumeRelease)).toMatchObject({ exitCode: 0 });
  });
});

describe("pruning", () => {
  test("keeps the newest, what is live, what is a rollback target and what something runs on", async () => {
    const app = new Rehearsal({ functions: ["list"], plan: { keepVersions: 2, policy: ALL_AT_ONCE } });
    const list = app.sim.world.functions.get("list")!;
    for (let round = 1; round <= 7; round++) {
      if (round === 3)
        app.sim.stackScript.creates.set("Shop/list", {
          target: app.members[0]!.target!,
          changed: true,
          settings: { durable: true },
        });
      if (round === 3) list.executions.set("4", 2);
      expect((await app.deploy("anna", app.plan(`digest-${round}`))).exitCode).toBe(0);
    }
    app.expectNoViolations();
    expect([...list.versions.keys()]).toEqual(["4", "5", "6", "7", "8"]);
    expect([...app.sim.world.machines.values()][0]!.versions.size).toBe(4);
    const old = (await app.sim.run(releaseHistory(app.process("ben").ports))).releases.at(-1)!;
    const gone = app.act("ben", (ports, options) => rollbackRelease(ports, { ...options, to: old.id }));
    await expect(gone).rejects.toMatchObject({ code: "VersionsGone" });
  });

  test("waits for no stack that is not stable", async () => {
    const app = new Rehearsal({ functions: ["list"], plan: { keepVersions: 1, policy: ALL_AT_ONCE } });
    app.sim.world.stacks.set("Data", "UPDATE_ROLLBACK_FAILED");
    for (let round = 1; round <= 4; round++) await app.deploy("anna", app.plan(`digest-${round}`));
    expect(app.sim.world.functions.get("list")!.versions.size).toBe(5);
    app.sim.world.stacks.set("Data", "UPDATE_COMPLETE");
    const ben = app.process("ben");
    const dry = await app.sim.run(pruneVersions(ben.ports, { ...app.options("ben"), dryRun: true }));
    expect(dry.deleted["Shop/list"]).toEqual(["1", "2", "3"]);
    expect(app.sim.world.functions.get("list")!.versions.size).toBe(5);
    await app.sim.run(pruneVersions(ben.ports, app.options("ben")));
    expect([...app.sim.world.functions.get("list")!.versions.keys()]).toEqual(["4", "5"]);
    app.expectNoViolations();
  });
});

describe("the log", () => {
  test("records for each event who, when, which commit and template, and the alias before and after", async () => {
    const app = new Rehearsal();
    await app.deploy();
    const told = await app.sim.run(explainRelease(app.process("ben").ports));
    const events = told!.events;
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    for (const event of events) {
      expect(event).toMatchObject({ actor: "anna", commit: "abc123", templateDigest: "digest-1", fence: 1 });
      expect(event.text).not.toBe("");
    }
    const writes = events.filter(({ code }) => code === "AliasWritten" || code === "AliasWriteIntended");
    expect(writes).toHaveLength(24);
    for (const { alias } of writes) expect(alias).toMatchObject({ before: {}, after: {} });
  });

  test("survives kills without a gap or a double", async () => {
    for (const effect of [5, 6, 20, 21, 33, 34, 50, 51]) {
      const app = new Rehearsal();
      await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
        killAt: { effect, when: "before" },
      });
      await app.sim.pass(3 * MINUTE);
      await app.act("ben", resumeRelease);
      const told = await app.sim.run(explainRelease(app.process("cleo").ports));
      expect(told!.events.map(({ seq }) => seq)).toEqual(told!.events.map((_, index) => index + 1));
    }
  });

  test("keeps no credentials that a hook let slip", async () => {
    const key = `AKIA${"A1B2".repeat(4)}`;
    const app = new Rehearsal({ plan: { hooks: [hook("preTraffic")] } });
    app.sim.world.hooks.set("preTraffic-hook", () => ({ crash: `{"errorMessage":"denied for ${key}"}` }));
    expect((await app.deploy()).release?.state).toBe("ROLLED_BACK");
    const kept = [...app.sim.world.objects.values()].join("\n");
    expect(kept).toContain("denied for [redacted]");
    expect(kept).not.toContain(key);
  });
});
