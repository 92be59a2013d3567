import { expect, test } from "vitest";
import type { WatchPolicy } from "../../lib/assembly/release-metadata.ts";
import { renderStatus } from "../../lib/cli/render-release.ts";
import { abortRelease } from "../../lib/release/verbs/ask.ts";
import { releaseStatus } from "../../lib/release/verbs/look.ts";
import type { Driver, ReleaseOutcome } from "../../lib/release/verbs/outcome.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { takeTurn, type Turn } from "../../lib/release/verbs/turn.ts";
import type { ProcessOptions } from "../helpers/simulated-aws/simulated-aws.ts";
import { ANALYSIS, MINUTE, Rehearsal } from "./rehearsal.ts";

const WATCH: WatchPolicy = { durationMs: 60 * MINUTE, onFailure: "rollback" };

/** An app that was deployed from a terminal, and the driver in the account that watches it afterwards. */
class Watched {
  readonly app: Rehearsal;
  readonly started: { readonly release: string; readonly holder: string }[] = [];
  #turns = 0;

  constructor(watch = WATCH, more: ConstructorParameters<typeof Rehearsal>[0] = {}) {
    this.app = new Rehearsal({ ...more, plan: { analysis: ANALYSIS, watch, ...more.plan } });
  }

  readonly startWatch = (release: { readonly id: string }, fence: number): Promise<Driver> => {
    const holder = `account/${release.id}/${fence}`;
    this.started.push({ release: release.id, holder });
    return Promise.resolve({ holder, actor: "the driver in the account" });
  };

  async deploy(digest = "digest-1", more: ProcessOptions = {}): Promise<ReleaseOutcome | "killed"> {
    const { startWatch } = this;
    const start: Parameters<Rehearsal["act"]>[1] = (ports, options) =>
      startRelease(this.app.plan(digest), ports, { ...options, startWatch });
    return this.app.act("anna", start, more);
  }

  resume(): Promise<ReleaseOutcome | "killed"> {
    const { startWatch } = this;
    return this.app.act("ben", (ports, options) => resumeRelease(ports, { ...options, startWatch }));
  }

  turn(more: ProcessOptions = {}, order = this.started.at(-1)!): Promise<Turn | "killed"> {
    const process = this.app.process(`function-${this.#turns++}`, more);
    const options = { app: "shop", stage: "prod", actor: "the driver in the account", ...order };
    return this.app.sim.run(Promise.race([takeTurn(process.ports, options), process.died]));
  }

  /** Turns until the watch is over, or for so many of them. */
  async watch(turns = 400): Promise<boolean> {
    for (let round = 0; round < turns; round++) {
      const turn = await this.turn();
      if (turn === "killed") continue;
      if (turn.done) return true;
      await this.app.sim.pass(Math.max(1_000, turn.waitMs));
    }
    return false;
  }

  get release() {
    return this.app.oracle.journal()?.release;
  }

  /** From now on the new version of `list` fails. */
  break(rate = 0.6): void {
    const { world } = this.app.sim;
    world.traffic.get("list")!.brokenSince = { at: world.now, errorRates: new Map([["2", rate]]) };
  }
}

const lastText = ({ app }: Watched, code: string) =>
  app.sim.world.changes
    .flatMap((change) => (change.kind === "object" ? [change.after] : []))
    .flatMap((text) => [...text.matchAll(new RegExp(`"code":"${code}"[^}]*?"text":"([^"]*)"`, "g"))])
    .at(-1)?.[1];

test("a release that succeeded is left to the driver in the account, and the lock is free", async () => {
  const watched = new Watched();
  const outcome = await watched.deploy();
  expect(outcome).toMatchObject({ exitCode: 0, handedTo: { actor: "the driver in the account" } });
  expect(watched.release).toMatchObject({ state: "SUCCEEDED", watch: { status: "watching" } });
  expect(watched.app.oracle.journal()?.lock).toBeUndefined();
  expect(await watched.watch(3)).toBe(false);
  expect(watched.app.oracle.journal()?.lock).toBeUndefined();
  expect(await watched.watch()).toBe(true);
  expect(watched.release).toMatchObject({ state: "SUCCEEDED", watch: { status: "over" } });
  expect(lastText(watched, "WatchEnded")).toMatch(/^watched until/);
  watched.app.expectNoViolations();
});

test("a version that starts to fail is rolled back, and the journal records why", async () => {
  const watched = new Watched();
  await watched.deploy();
  await watched.watch(20);
  watched.break();
  expect(await watched.watch()).toBe(true);
  expect(watched.release).toMatchObject({ kind: "rollback", state: "ROLLED_BACK" });
  expect(watched.app.oracle.live()["Shop/list"]).toBe("1");
  expect(lastText(watched, "WatchFailed")).toMatch(
    /Shop\/list: version 2 collapsed after its success: \d+ of \d+ invocations failed since .*; it is rolled back/,
  );
  expect(watched.release).toMatchObject({
    origin: { reason: expect.stringContaining("version 2 collapsed after its success") },
  });
});

test("where the policy only notifies, the version stays live", async () => {
  const watched = new Watched({ ...WATCH, onFailure: "notify" });
  await watched.deploy();
  await watched.watch(5);
  watched.break();
  expect(await watched.watch()).toBe(true);
  expect(watched.release).toMatchObject({ kind: "deploy", state: "SUCCEEDED", watch: { status: "failed" } });
  expect(watched.app.oracle.live()["Shop/list"]).toBe("2");
  expect(lastText(watched, "WatchFailed")).toContain("it stays live, as the policy says: `rollback` goes back");
});

test("a ceiling and an alarm end the watch as well", async () => {
  const ceiling = new Watched(WATCH, { plan: { analysis: { ...ANALYSIS, maxErrorRate: 0.02 } } });
  await ceiling.deploy();
  await ceiling.watch(3);
  ceiling.break(0.03);
  await ceiling.watch();
  expect(lastText(ceiling, "WatchFailed")).toMatch(/invocations failed, more than 2 %, in the last 10 minutes/);
  const alarmed = new Watched(WATCH, { plan: { alarms: [{ path: "Shop/Red", name: "red" }] } });
  alarmed.app.sim.world.alarms.set("red", { state: "OK" });
  await alarmed.deploy();
  alarmed.app.sim.world.alarms.set("red", { state: "ALARM" });
  await alarmed.watch();
  expect(alarmed.release).toMatchObject({ kind: "rollback", state: "ROLLED_BACK" });
});

test("the next deploy ends the watch, and the driver of the old one stops", async () => {
  const watched = new Watched();
  await watched.deploy();
  await watched.watch(2);
  const first = watched.started.at(-1)!;
  await watched.deploy("digest-2");
  expect(await watched.turn({}, first)).toMatchObject({ done: true });
  expect(watched.started).toHaveLength(2);
  expect(watched.release).toMatchObject({ watch: { status: "watching" } });
});

test("abort ends the watch and moves nothing; rollback goes back, as its target is still there", async () => {
  const aborted = new Watched();
  await aborted.deploy();
  const ended = await aborted.app.act("ben", (ports, options) => abortRelease(ports, options));
  expect(ended).toMatchObject({ exitCode: 0, unchanged: false });
  expect(aborted.app.oracle.live()["Shop/list"]).toBe("2");
  expect(await aborted.turn()).toMatchObject({ done: true });
  const gone = new Watched();
  await gone.deploy();
  await gone.watch(3);
  await gone.app.act("ben", (ports, options) => rollbackRelease(ports, options));
  expect(gone.app.oracle.live()["Shop/list"]).toBe("1");
  expect(await gone.turn()).toMatchObject({ done: true });
});

test("a driver that dies at any side effect of the failing look is called again, and everything is back", async () => {
  for (let effect = 0; effect < 14; effect++) {
    for (const when of ["before", "after"] as const) {
      const watched = new Watched(WATCH, { functions: ["list", "notify"], machine: false });
      await watched.deploy();
      await watched.watch(3);
      watched.break();
      await watched.app.sim.pass(3 * MINUTE);
      await watched.turn({ killAt: { effect, when } });
      await watched.app.sim.pass(3 * MINUTE);
      const where = `killed ${when} effect ${effect}`;
      expect(await watched.watch(), where).toBe(true);
      expect(watched.app.oracle.live(), where).toMatchObject({ "Shop/list": "1", "Shop/notify": "1" });
      expect(watched.release?.state, where).toBe("ROLLED_BACK");
    }
  }
}, 240_000);

test("status names the watch, and says when it has no driver", async () => {
  const watched = new Watched();
  await watched.deploy();
  await watched.watch(2);
  const { ports } = watched.app.process("ben");
  const lines = async () => renderStatus("shop", "prod", await watched.app.sim.run(releaseStatus(ports))).join("\n");
  expect(await lines()).toMatch(/watched until .* \(rollback on failure\), last looked at/);
  await watched.app.sim.pass(10 * MINUTE);
  expect(await lines()).toMatch(/not checked since .*: run `resume` to start the driver in the account again/);
});

test("healthy versions are watched to the end", async () => {
  const watched = new Watched();
  watched.app.sim.world.traffic.set("list", {
    invocationsPerMinute: 1000,
    errorRates: new Map([
      ["2", 0.02],
      ["1", 0.02],
    ]),
  });
  await watched.deploy();
  await watched.watch();
  expect(watched.release).toMatchObject({ state: "SUCCEEDED", watch: { status: "over" } });
});

test("a watch whose driver is silent is kept again after a resume, and one that is kept is left alone", async () => {
  const watched = new Watched();
  await watched.deploy();
  await watched.watch(3);
  expect(await watched.resume()).toMatchObject({ exitCode: 7, unchanged: true });
  expect(watched.started).toHaveLength(1);
  await watched.app.sim.pass(6 * MINUTE);
  expect(await watched.resume()).toMatchObject({
    exitCode: 0,
    unchanged: false,
    handedTo: { actor: "the driver in the account" },
  });
  expect(new Set(watched.started.map(({ holder }) => holder)).size).toBe(2);
  expect(await watched.watch()).toBe(true);
  expect(watched.release).toMatchObject({ state: "SUCCEEDED", watch: { status: "over" } });
  watched.app.expectNoViolations();
});

test("a release that another machine resumes to its success is watched", async () => {
  const watched = new Watched();
  const effect = 25;
  expect(await watched.deploy("digest-1", { killAt: { effect, when: "after" } })).toBe("killed");
  await watched.app.sim.pass(3 * MINUTE);
  expect(await watched.resume()).toMatchObject({ exitCode: 0, handedTo: { actor: "the driver in the account" } });
  watched.break();
  expect(await watched.watch()).toBe(true);
  expect(watched.release).toMatchObject({ kind: "rollback", state: "ROLLED_BACK" });
  watched.app.expectNoViolations();
});
