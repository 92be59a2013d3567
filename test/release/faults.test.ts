import { describe, expect, test } from "vitest";
import type { Fault } from "../helpers/simulated-aws/simulated-aws.ts";
import { abortRelease } from "../../lib/release/verbs/ask.ts";
import { releaseStatus } from "../../lib/release/verbs/look.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { hook, MINUTE, Rehearsal } from "./rehearsal.ts";

const FAULTS: Omit<Fault, "times" | "skip">[] = [
  { service: "lambda", operation: "UpdateAlias", kind: "throttle" },
  { service: "lambda", operation: "UpdateAlias", kind: "drop" },
  { service: "lambda", operation: "UpdateAlias", kind: "lose-reply" },
  { service: "lambda", operation: "UpdateAlias", kind: "lose-reply-and-retry" },
  { service: "lambda", operation: "GetAlias", kind: "throttle" },
  { service: "sfn", operation: "UpdateStateMachineAlias", kind: "lose-reply" },
  { service: "sfn", operation: "UpdateStateMachineAlias", kind: "drop" },
  { service: "s3", operation: "PutObject", kind: "lose-reply" },
  { service: "s3", operation: "PutObject", kind: "lose-reply-and-retry" },
  { service: "s3", operation: "PutObject", kind: "conflict" },
  { service: "lambda", operation: "GetFunctionConfiguration", kind: "throttle" },
];

describe("a fault anywhere changes only the duration", () => {
  test.each(FAULTS)("$service $operation: $kind", async (fault) => {
    for (let skip = 0; skip < 14; skip++) {
      const app = new Rehearsal();
      app.sim.faults.push({ ...fault, times: 1, skip });
      const outcome = await app.deploy();
      app.expectNoViolations(`${skip} calls went well first`);
      expect(outcome.release?.state, `${skip}`).toBe("SUCCEEDED");
    }
  });

  test("two faults at once, in every pair", async () => {
    for (const one of FAULTS) {
      for (const other of FAULTS) {
        const app = new Rehearsal();
        app.sim.faults.push({ ...one, times: 2, skip: 3 }, { ...other, times: 2, skip: 2 });
        const outcome = await app.deploy();
        app.expectNoViolations(`${one.operation} ${one.kind} and ${other.operation} ${other.kind}`);
        expect(outcome.release?.state).toBe("SUCCEEDED");
      }
    }
  });
});

describe("an alias moved outside the release", () => {
  test.each([
    ["to another weight", { weights: { "2": 0.3 } }],
    ["to the new version", { primary: "2" }],
  ])("%s stops the release, is not overwritten, and is named", async (_how, to) => {
    const app = new Rehearsal();
    const anna = app.process("anna");
    const running = startRelease(app.plan(), anna.ports, app.options("anna"));
    await app.sim.run(app.process("clock").ports.clock.sleep(3 * MINUTE));
    app.moveAlias("list", to);
    const live = app.oracle.live()["Shop/list"];
    const outcome = await app.sim.run(running);
    app.expectNoViolations();
    expect(outcome).toMatchObject({
      exitCode: 5,
      release: { state: "ROLLBACK_BLOCKED", cause: { trigger: "foreign-change" } },
    });
    expect(outcome.release?.stragglers).toMatchObject([{ path: "Shop/list" }]);
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/notify": "1", "Shop/list": live });
    const status = await app.sim.run(releaseStatus(anna.ports));
    expect(status.aliases.find(({ path }) => path === "Shop/list")).toMatchObject({ drifted: true });
  });

  test("back to the stable version lets the release be rolled back whole", async () => {
    const app = new Rehearsal();
    const anna = app.process("anna");
    const running = startRelease(app.plan(), anna.ports, app.options("anna"));
    await app.sim.run(app.process("clock").ports.clock.sleep(3 * MINUTE));
    app.moveAlias("list", { primary: "1" });
    expect(await app.sim.run(running)).toMatchObject({ exitCode: 3, release: { state: "ROLLED_BACK" } });
    app.expectNoViolations();
  });

  test("once it is fixed by hand, rollback ends the block", async () => {
    const app = new Rehearsal();
    const anna = app.process("anna");
    const running = startRelease(app.plan(), anna.ports, app.options("anna"));
    await app.sim.run(app.process("clock").ports.clock.sleep(3 * MINUTE));
    app.moveAlias("list", { weights: { "2": 0.3 } });
    expect((await app.sim.run(running)).exitCode).toBe(5);
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ exitCode: 5 });
    app.moveAlias("list", { primary: "1" });
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    app.expectNoViolations();
  });

  test("before the release began, a split alias is refused", async () => {
    const app = new Rehearsal();
    app.sim.world.publish("list");
    app.moveAlias("list", { weights: { "2": 0.3 } });
    const outcome = await app.deploy();
    expect(outcome.release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "foreign-change" } });
    expect(app.oracle.writes).toEqual([]);
  });

  test("weights that the service injects by itself are waited for", async () => {
    const app = new Rehearsal();
    app.sim.world.transientWeights = true;
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release?.state).toBe("SUCCEEDED");
  });
});

describe("rollback", () => {
  test("rolls back a finished release with one call each, while everything else is down", async () => {
    const app = new Rehearsal({
      plan: { hooks: [hook("onRollback")], alarms: [{ path: "Shop/Errors", name: "errors" }] },
    });
    app.sim.world.alarms.set("errors", { state: "OK" });
    await app.deploy();
    const count = app.oracle.writes.length;
    app.sim.world.metrics = "failing";
    app.sim.world.alarmsFail = true;
    app.sim.stackScript.stage = "fails";
    app.sim.stackScript.finalise = "fails";
    for (const operation of ["Stage", "Finalise", "Statuses"])
      app.sim.faults.push({ service: "stacks", operation, kind: "drop", times: 99 });
    expect(await app.act("ben", rollbackRelease)).toMatchObject({
      exitCode: 0,
      release: { state: "ROLLED_BACK", kind: "rollback" },
    });
    app.expectNoViolations();
    expect(app.oracle.writes.length - count).toBe(4);
    expect(app.oracle.live()["Shop/list"]).toBe("1");
    expect(await app.act("ben", rollbackRelease)).toMatchObject({ exitCode: 7, unchanged: true });
  });

  test("goes back to a named release", async () => {
    const app = new Rehearsal();
    const first = await app.deploy("anna", app.plan("digest-1"));
    await app.deploy("anna", app.plan("digest-2"));
    await app.deploy("anna", app.plan("digest-3"));
    expect(app.oracle.live()["Shop/list"]).toBe("4");
    const to = first.release!.id;
    expect(await app.act("ben", (ports, options) => rollbackRelease(ports, { ...options, to }))).toMatchObject({
      exitCode: 0,
    });
    expect(app.oracle.live()["Shop/list"]).toBe("2");
    app.expectNoViolations();
    await expect(
      app.act("ben", (ports, options) => rollbackRelease(ports, { ...options, to: "r-0" })),
    ).rejects.toMatchObject({ code: "ReleaseUnknown" });
  });

  test("continues past an unreachable alias, lists it, and finishes it later", async () => {
    const app = new Rehearsal();
    await app.deploy();
    const fault: Fault = { service: "lambda", operation: "UpdateAlias", kind: "throttle", times: 1000, skip: 1 };
    app.sim.faults.push(fault);
    const outcome = await app.act("ben", rollbackRelease);
    expect(outcome).toMatchObject({ exitCode: 5, release: { state: "ROLLBACK_BLOCKED" } });
    expect(outcome === "killed" ? [] : outcome.release?.stragglers).toHaveLength(2);
    expect(Object.values(app.oracle.live()).filter((shape) => shape.endsWith("1"))).toHaveLength(2);
    fault.times = 0;
    expect(await app.act("ben", resumeRelease)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    app.expectNoViolations();
  });

  test("aborts a release under way", async () => {
    const app = new Rehearsal();
    await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
      killAt: { effect: 30, when: "after" },
    });
    await app.sim.pass(3 * MINUTE);
    expect(await app.act("ben", abortRelease)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    app.expectNoViolations();
  });

  test("with the journal gone, reads what the aliases tell", async () => {
    for (const effect of [30, 40, 50, 60, 70]) {
      const app = new Rehearsal();
      await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
        killAt: { effect, when: "after" },
      });
      await app.sim.pass(3 * MINUTE);
      app.sim.world.objects.clear();
      app.sim.world.objectVersions.clear();
      const known = app.members.map(({ path, target, calls }) => ({ path, target: target!, calls }));
      const aliases = () => Promise.resolve(known);
      const outcome = await app.act("ben", (ports, options) => rollbackRelease(ports, { ...options, aliases }));
      expect(outcome, `${effect}`).toMatchObject({ exitCode: 0 });
      expect(
        Object.values(app.oracle.live()).every((shape) => shape.endsWith("1")),
        `${effect}`,
      ).toBe(true);
    }
  });

  test("a deploy with the journal gone rolls a release that was cut short back first", async () => {
    const app = new Rehearsal();
    await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
      killAt: { effect: 30, when: "after" },
    });
    await app.sim.pass(3 * MINUTE);
    expect(Object.values(app.oracle.live()).some((shape) => shape.includes("+"))).toBe(true);
    app.sim.world.objects.clear();
    app.sim.world.objectVersions.clear();
    const outcome = await app.deploy("ben", app.plan("digest-2"));
    expect(outcome).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    expect(app.oracle.live()["Shop/list"]).toBe("3");
    expect(app.oracle.journal()?.fence).toBeGreaterThan(1);
    expect(app.oracle.violations.filter((text) => text.includes("fence"))).toEqual([]);
  });
});
