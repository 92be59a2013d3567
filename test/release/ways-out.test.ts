import { describe, expect, test } from "vitest";
import { abortRelease } from "../../lib/release/verbs/ask.ts";
import { explainRelease, releaseHistory } from "../../lib/release/verbs/look.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { takeTurn } from "../../lib/release/verbs/turn.ts";
import type { Release } from "../../lib/release/model.ts";
import { FencedOutError } from "../../lib/release/journal-session.ts";
import { MINUTE, Rehearsal } from "./rehearsal.ts";

/** Blocks a release: an alias disappears in mid-canary. */
async function blockedApp(): Promise<Rehearsal> {
  const app = new Rehearsal();
  const running = startRelease(app.plan(), app.process("anna").ports, app.options("anna"));
  await app.sim.pass(3 * MINUTE);
  app.sim.world.functions.get("list")!.aliases.delete("live");
  const outcome = await app.sim.run(running);
  expect(outcome).toMatchObject({ exitCode: 5, release: { state: "ROLLBACK_BLOCKED" } });
  expect(outcome.release?.stragglers[0]?.reason).toContain("rollback --without Shop/list");
  return app;
}

/** A canary whose driver stopped at its first step. */
async function interruptedCanary(): Promise<Rehearsal> {
  const app = new Rehearsal();
  const { ports } = app.process("anna");
  const isShifted = ({ verifiedAt, state }: Release) => state === "SHIFTING" && verifiedAt !== undefined;
  await app.sim.run(startRelease(app.plan(), ports, { ...app.options("anna"), until: isShifted }));
  return app;
}

const withoutList: typeof rollbackRelease = (ports, options) =>
  rollbackRelease(ports, { ...options, without: ["Shop/list"] });

describe("a member whose alias is gone", () => {
  test("is left out by name, and the release is rolled back", async () => {
    const app = await blockedApp();
    expect(await app.act("ben", resumeRelease)).toMatchObject({ exitCode: 5 });
    const without = ["Shop/list"];
    const letGo: typeof rollbackRelease = (ports, options) => rollbackRelease(ports, { ...options, without });
    expect(await app.act("ben", letGo)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/notify": "1" });
  });

  test("goes back all the same where its alias can be moved", async () => {
    const app = await interruptedCanary();
    expect(app.oracle.live()["Shop/list"]).toBe("1+2@10");
    expect(await app.act("ben", withoutList)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/list": "1", "Shop/notify": "1" });
    app.expectNoViolations();
  });

  test("stays as it is where another caller moved its alias, and the journal says so", async () => {
    const app = await interruptedCanary();
    app.moveAlias("list", { primary: "1", weights: { "2": 0.5 } });
    expect(await app.act("ben", withoutList)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/list": "1+2@50" });
    const explained = await app.sim.run(explainRelease(app.process("ben").ports));
    expect(explained?.events.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^Shop\/list stays as it is: alias list:live was moved outside this release/),
    );
  });

  test("holds nothing up where its function is gone", async () => {
    const app = await interruptedCanary();
    const { world } = app.sim;
    const list = world.functions.get("list");
    const start = app.sim.scheduler.now;
    world.functions.delete("list");
    expect(await app.act("ben", withoutList)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    expect(app.sim.scheduler.now - start).toBeLessThan(2 * MINUTE);
    if (list !== undefined) world.functions.set("list", list);
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/list": "1+2@10" });
  });

  test("is refused where the release has no member of that name", async () => {
    const app = await blockedApp();
    const letGo: typeof rollbackRelease = (ports, options) =>
      rollbackRelease(ports, { ...options, without: ["Shop/x"] });
    await expect(app.act("ben", letGo)).rejects.toMatchObject({ code: "MemberUnknown" });
  });

  test("is dropped by a deploy that no longer has it", async () => {
    const app = await blockedApp();
    app.sim.stackScript.creates.delete("Shop/list");
    const members = app.members.filter(({ path }) => path !== "Shop/list");
    const outcome = await app.deploy("ben", app.plan("digest-2", { members }));
    expect(outcome).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  });

  test("is named before a rollback to an older release moves anything", async () => {
    const app = new Rehearsal();
    for (const round of [1, 2, 3]) await app.deploy("anna", app.plan(`digest-${round}`));
    app.sim.world.functions.delete("list");
    const { id } = (await app.sim.run(releaseHistory(app.process("ben").ports))).releases.at(-1)!;
    const back: typeof rollbackRelease = (ports, options) => rollbackRelease(ports, { ...options, to: id });
    await expect(app.act("ben", back)).rejects.toMatchObject({ code: "MembersGone" });
    expect(app.oracle.live()["Shop/create"]).toBe("4");
    const without: typeof rollbackRelease = (ports, options) =>
      rollbackRelease(ports, { ...options, to: id, without: ["Shop/list"] });
    expect(await app.act("ben", without)).toMatchObject({ exitCode: 0 });
    expect(app.oracle.live()["Shop/create"]).toBe("2");
  });
});

test("a deploy supersedes a release that is blocked", async () => {
  const app = new Rehearsal();
  const running = startRelease(app.plan(), app.process("anna").ports, app.options("anna"));
  await app.sim.pass(3 * MINUTE);
  app.sim.world.publish("list");
  app.moveAlias("list", { primary: "3" });
  expect(await app.sim.run(running)).toMatchObject({ exitCode: 5 });
  expect(await app.deploy("ben", app.plan("digest-2"))).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
});

test("a rollback while another driver finalises comes first, and that driver is overtaken", async () => {
  const app = new Rehearsal();
  const running = startRelease(app.plan(), app.process("anna").ports, app.options("anna")).catch(
    (error: unknown) => error,
  );
  while (app.oracle.journal()?.release?.state !== "FINALISING") await app.sim.pass(1_000);
  const ben = app.process("ben");
  await expect(app.sim.run(abortRelease(ben.ports, app.options("ben")))).rejects.toMatchObject({
    code: "ReleaseTooFar",
  });
  const outcome = await app.sim.run(rollbackRelease(ben.ports, app.options("ben")));
  expect(outcome).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
  expect(await app.sim.run(running)).toBeInstanceOf(FencedOutError);
  expect(app.oracle.live()["Shop/list"]).toBe("1");
  app.expectNoViolations();
});

test("a rollback reverts the last release that moved something", async () => {
  const app = new Rehearsal();
  await app.deploy("anna", app.plan("digest-1"));
  for (const member of app.sim.stackScript.creates.values()) member.changed = false;
  await app.deploy("anna", app.plan("digest-2"));
  expect(app.oracle.live()["Shop/list"]).toBe("2");
  expect(await app.act("ben", rollbackRelease)).toMatchObject({ exitCode: 0, unchanged: false });
  expect(app.oracle.live()["Shop/list"]).toBe("1");
});

test("stacks that never take their pins cost a bounded number of change sets, and then rest", async () => {
  const app = new Rehearsal();
  app.sim.stackScript.finalise = "fails";
  const { release } = await app.deploy();
  expect(release?.state).toBe("FINALISE_PENDING");
  const { ports } = app.process("account");
  const finalised = () => app.sim.world.changes.filter((one) => one.kind === "stack" && one.what === "finalise-failed");
  let turns = 0;
  for (let done = false; !done; turns++) {
    const options = { ...app.options("account"), holder: "account", release: release!.id };
    const turn = await app.sim.run(takeTurn(ports, options));
    done = turn.done;
    await app.sim.pass(Math.max(1_000, turn.waitMs));
    if (turns > 1000) throw new Error("the driver never rests");
  }
  expect(finalised().length).toBeLessThanOrEqual(18);
  expect(app.oracle.journal()?.release?.state).toBe("FINALISE_PENDING");
});

test("a change set that shows more is not tried again without a person", async () => {
  const app = new Rehearsal();
  app.sim.stackScript.finalise = "refused";
  await app.deploy();
  const finalised = app.sim.world.changes.filter((one) => one.kind === "stack" && one.what === "finalise-failed");
  expect(finalised).toHaveLength(1);
});
