import assert from "node:assert/strict";
import { describe, expect, test } from "vitest";
import type { Driver } from "../../lib/release/verbs/outcome.ts";
import { abortRelease, pauseRelease, promoteRelease } from "../../lib/release/verbs/ask.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { takeTurn, type Turn } from "../../lib/release/verbs/turn.ts";
import type { ProcessOptions } from "../helpers/simulated-aws/simulated-aws.ts";
import { ANALYSIS, hook, MINUTE, Rehearsal } from "./rehearsal.ts";

/** The state machine around the driver's function, in a few lines: take a turn, wait, take the next one. */
class Account {
  readonly app: Rehearsal;
  readonly started: { readonly release: string; readonly holder: string }[] = [];
  /** What the function did, a word for each call to the outside. */
  effects: readonly string[] = [];
  #turns = 0;

  constructor(app: Rehearsal) {
    this.app = app;
  }

  readonly handOver = (release: { readonly id: string }, fence: number): Promise<Driver> => {
    const holder = `account/${release.id}/${fence}`;
    if (!this.started.some((one) => one.holder === holder)) this.started.push({ release: release.id, holder });
    return Promise.resolve({ holder, actor: "the driver in the account" });
  };

  /** One turn, in a process of its own as Lambda has it. A function that dies is called again. */
  async turn(more: ProcessOptions = {}, order = this.started.at(-1)!): Promise<Turn | "killed"> {
    const process = this.app.process(`function-${this.#turns++}`, more);
    const options = { app: "shop", stage: "prod", actor: "the driver in the account", ...order };
    const turn = await this.app.sim.run(Promise.race([takeTurn(process.ports, options), process.died]));
    this.effects = [...this.effects, ...process.effects];
    return turn;
  }

  /** Turns until there is nothing left to drive. */
  async drive(order = this.started.at(-1)!): Promise<Turn> {
    for (let round = 0; round < 400; round++) {
      const turn = await this.turn({}, order);
      assert.notEqual(turn, "killed");
      if ((turn as Turn).done) return turn as Turn;
      await this.app.sim.pass(Math.max(1_000, (turn as Turn).waitMs));
    }
    throw new Error("the driver in the account comes to no end");
  }
}

function newApp(): { app: Rehearsal; account: Account } {
  const hooks = [hook("preTraffic"), hook("perStep"), hook("postTraffic")];
  const app = new Rehearsal({ plan: { hooks, analysis: ANALYSIS } });
  for (const { functionName } of hooks)
    app.sim.world.hooks.set(functionName!, () => ({ payload: '{"status":"passed"}' }));
  return { app, account: new Account(app) };
}

async function detach({ app, account }: ReturnType<typeof newApp>, more: ProcessOptions = {}) {
  const start = (ports: Parameters<typeof startRelease>[1], options: Parameters<typeof startRelease>[2]) =>
    startRelease(app.plan(), ports, { ...options, handOver: account.handOver });
  return app.act("anna", start, more);
}

const sidesOf = (app: Rehearsal) =>
  new Set(Object.values(app.oracle.live()).map((shape) => (shape.endsWith("2") ? "new" : shape)));
const stateOf = (app: Rehearsal) => app.oracle.journal()?.release?.state;

test("a stage that fails is brought back by the terminal, and no driver is started", async () => {
  const { app, account } = newApp();
  app.sim.stackScript.stage = "fails";
  const outcome = await detach({ app, account });
  expect(outcome).toMatchObject({ exitCode: 3, release: { state: "ROLLED_BACK" } });
  expect(outcome).not.toHaveProperty("handedTo");
  expect(app.oracle.journal()?.lock).toBeUndefined();
});

test("the terminal stages, and the account does the rest by the same tick", async () => {
  const { app, account } = newApp();
  const outcome = await detach({ app, account });
  expect(outcome).toMatchObject({ exitCode: 0, handedTo: { actor: "the driver in the account" } });
  expect(app.oracle.writes).toHaveLength(0);
  expect(await account.drive()).toMatchObject({ done: true, state: "SUCCEEDED" });
  expect(sidesOf(app)).toEqual(new Set(["new"]));
  expect(app.oracle.journal()?.lock).toBeUndefined();
  app.expectNoViolations();
});

test("no turn sleeps: a wait of minutes is left to the caller", async () => {
  const { app, account } = newApp();
  await detach({ app, account });
  for (let round = 0; round < 200 && stateOf(app) !== "SUCCEEDED"; round++) {
    const before = app.sim.world.now;
    const turn = (await account.turn()) as Turn;
    expect(app.sim.world.now - before).toBeLessThan(MINUTE);
    expect(turn.waitMs).toBeLessThanOrEqual(30_000);
    await app.sim.pass(Math.max(1_000, turn.waitMs));
  }
  expect(stateOf(app)).toBe("SUCCEEDED");
});

test("turns that follow each other do not count as a gap in the observation", async () => {
  const { app, account } = newApp();
  await detach({ app, account });
  await account.drive();
  expect(stateOf(app)).toBe("SUCCEEDED");
  expect(app.transitions).not.toContain("PAUSED");
});

test("a function that dies at any side effect is called again, and the release succeeds", async () => {
  const undisturbed = newApp();
  await detach(undisturbed);
  await undisturbed.account.drive();
  const places = undisturbed.account.effects.length;
  console.log(`${places * 2} kill points of the function, every third of them tried`);
  expect(places).toBeGreaterThan(60);
  for (let place = 0; place < places; place += 3) {
    for (const when of ["before", "after"] as const) {
      const { app, account } = newApp();
      await detach({ app, account });
      await dieAt(account, place, when);
      const where = `killed ${when} effect ${place}`;
      expect((await account.drive()).state, where).toBe("SUCCEEDED");
      expect(sidesOf(app), where).toEqual(new Set(["new"]));
      app.expectNoViolations(where);
    }
  }
}, 240_000);

/** Takes turns until one has died at the given side effect, counted over all turns. */
async function dieAt(account: Account, place: number, when: "before" | "after"): Promise<void> {
  for (let round = 0; round < 400; round++) {
    const left = place - account.effects.length;
    const turn = await account.turn({ killAt: { effect: left, when } });
    if (turn === "killed" || turn.done) return;
    await account.app.sim.pass(Math.max(1_000, turn.waitMs));
  }
}

describe("the hand-over", () => {
  test("may be cut off anywhere: either driver finds the release, and one of them ends it", async () => {
    const whole = newApp();
    const first = whole.app.process("anna");
    const { account: known } = whole;
    await whole.app.sim.run(
      startRelease(whole.app.plan(), first.ports, { ...whole.app.options("anna"), handOver: known.handOver }),
    );
    for (let effect = 0; effect < first.effects.length; effect++) {
      for (const when of ["before", "after"] as const) {
        const { app, account } = newApp();
        await detach({ app, account }, { killAt: { effect, when } });
        await app.sim.pass(3 * MINUTE);
        const where = `${when} ${effect} (${first.effects[effect]})`;
        if (account.started.length > 0) await account.drive();
        if (stateOf(app) !== "SUCCEEDED") await app.deploy("ben");
        expect(stateOf(app), where).toBe("SUCCEEDED");
        app.expectNoViolations(where);
      }
    }
  });

  test("two executions under two names keep each other out", async () => {
    const { app, account } = newApp();
    await detach({ app, account });
    const [order] = account.started;
    await account.turn();
    const other = { ...order!, holder: `${order!.holder}/twin` };
    expect(await account.turn({}, other)).toMatchObject({ done: false });
    expect((await account.turn({}, other)) as Turn).not.toHaveProperty("state");
    expect((await account.drive(order)).state).toBe("SUCCEEDED");
    expect((await account.turn({}, other)) as Turn).toMatchObject({ done: true, state: "SUCCEEDED" });
    app.expectNoViolations();
  });

  test("a turn that was started twice is locked out, and the release succeeds", async () => {
    const { app, account } = newApp();
    await detach({ app, account });
    const order = account.started[0]!;
    const options = { app: "shop", stage: "prod", actor: "account", ...order };
    let keptOut = 0;
    for (let round = 0; round < 200 && stateOf(app) !== "SUCCEEDED"; round++) {
      const [one, two] = [app.process(`one-${round}`), app.process(`two-${round}`)];
      const turns = Promise.allSettled([takeTurn(one.ports, options), takeTurn(two.ports, options)]);
      const ended = await app.sim.run(turns);
      expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
      keptOut += ended.filter((turn) => turn.status === "fulfilled" && turn.value.state === undefined).length;
      await app.sim.pass(30_000);
    }
    expect(keptOut).toBeGreaterThan(5);
    expect(stateOf(app)).toBe("SUCCEEDED");
    app.expectNoViolations();
  });

  test("a driver that never came is replaced once its lease is over", async () => {
    const { app, account } = newApp();
    await detach({ app, account });
    await app.sim.pass(3 * MINUTE);
    const outcome = await app.act("ben", resumeRelease);
    expect(outcome).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    // The execution that comes late finds nothing to do.
    expect(await account.turn()).toMatchObject({ done: true });
    app.expectNoViolations();
  });
});

describe("wishes", () => {
  test("are left to the driver in the account: pause, then promote", async () => {
    const { app, account } = newApp();
    await detach({ app, account });
    while (stateOf(app) !== "SHIFTING") await step(account);
    expect(await app.act("ben", pauseRelease)).toMatchObject({ leftTo: { actor: "the driver in the account" } });
    await step(account);
    expect(stateOf(app)).toBe("PAUSED");
    for (let round = 0; round < 50; round++) await step(account);
    expect(stateOf(app)).toBe("PAUSED");
    expect(await app.act("ben", promoteRelease)).toMatchObject({ leftTo: { actor: "the driver in the account" } });
    expect((await account.drive()).state).toBe("SUCCEEDED");
    app.expectNoViolations();
  });

  test("abort rolls back every alias from the account", async () => {
    const { app, account } = newApp();
    await detach({ app, account });
    while (stateOf(app) !== "SHIFTING") await step(account);
    await step(account);
    await app.act("ben", abortRelease);
    expect((await account.drive()).state).toBe("ROLLED_BACK");
    expect([...sidesOf(app)].every((shape) => shape.endsWith("1"))).toBe(true);
    app.expectNoViolations();
  });
});

async function step(account: Account): Promise<void> {
  const turn = (await account.turn()) as Turn;
  await account.app.sim.pass(Math.max(1_000, turn.waitMs));
}

test("stacks that could not be finalised are tried again, and never reverted", async () => {
  const { app, account } = newApp();
  await detach({ app, account });
  app.sim.stackScript.finalise = "fails";
  while (stateOf(app) !== "FINALISE_PENDING") await step(account);
  app.sim.stackScript.finalise = "works";
  expect((await account.drive()).state).toBe("SUCCEEDED");
  expect(sidesOf(app)).toEqual(new Set(["new"]));
  app.expectNoViolations();
});

test("stacks that cannot be finalised at all are tried at growing distances, and a bounded number of times", async () => {
  const { app, account } = newApp();
  await detach({ app, account });
  app.sim.stackScript.finalise = "fails";
  const attempts: number[] = [];
  app.sim.world.listeners.push((change) => {
    if (change.kind === "stack" && change.what === "finalise-failed") attempts.push(app.sim.world.now);
  });
  expect(await account.drive()).toMatchObject({ done: true, state: "FINALISE_PENDING" });
  const pauses = attempts.slice(1).map((at, index) => at - attempts[index]!);
  // Three attempts make a round.
  const rounds = pauses.filter((_, index) => index % 3 === 2);
  expect(attempts).toHaveLength(18);
  expect(rounds.slice(1).every((pause, index) => pause > 1.5 * rounds[index]!)).toBe(true);
  app.expectNoViolations();
});
