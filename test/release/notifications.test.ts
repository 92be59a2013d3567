import { describe, expect, test } from "vitest";
import type { Notification } from "../../lib/release/notification.ts";
import { explainRelease } from "../../lib/release/verbs/look.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { hook, MINUTE, Rehearsal } from "./rehearsal.ts";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:releases";
const BUS = "arn:aws:events:us-east-1:123456789012:event-bus/releases";
const SUBSCRIBERS = [
  { path: "Shop/Topic", kind: "topic", name: TOPIC },
  { path: "Shop/Bus", kind: "event-bus", name: BUS },
] as const;
/** What stays in the log alone. */
const QUIET = new Set(["AliasWriteIntended", "AliasWritten"]);

function tellingApp(plan: object = {}): Rehearsal {
  const app = new Rehearsal({ plan: { subscribers: SUBSCRIBERS, ...plan } });
  for (const { name } of SUBSCRIBERS) app.sim.world.subscribers.set(name, []);
  return app;
}

const heard = (app: Rehearsal, name: string) =>
  app.sim.world.subscribers.get(name)!.map(({ detail }) => detail as Notification);

/** Every event of the log but the quiet ones; a pause is published once. */
async function expected(app: Rehearsal, release?: string): Promise<number[]> {
  const told = await app.sim.run(explainRelease(app.process("reader").ports, release));
  return told!.events
    .filter(({ code, state }) => !QUIET.has(code) && !(code === "StateEntered" && state === "PAUSED"))
    .map(({ seq }) => seq);
}

const sequences = (notifications: readonly Notification[]) => [
  ...new Set(notifications.map(({ sequence }) => sequence)),
];

describe("a topic and a bus", () => {
  test("receive every event once and in order, with what happened, the release's state and the reason", async () => {
    const app = tellingApp({ hooks: [hook("postTraffic")] });
    app.sim.world.hooks.set("postTraffic-hook", () => ({ payload: '{"status":"failed","reason":"no orders"}' }));
    const outcome = await app.deploy();
    expect(outcome.release?.state).toBe("ROLLED_BACK");
    for (const name of [TOPIC, BUS]) {
      const all = heard(app, name).map(({ sequence }) => sequence);
      expect(all).toEqual(await expected(app));
    }
    const failed = heard(app, BUS).find(({ event }) => event === "HookFailed");
    expect(failed).toEqual({
      version: 1,
      id: expect.stringMatching(/^shop\/prod\/\d+$/),
      app: "shop",
      stage: "prod",
      release: outcome.release!.id,
      sequence: expect.any(Number),
      time: expect.stringMatching(/^2026-01-01T00:\d\d/),
      event: "HookFailed",
      state: "ABORTING",
      text: expect.stringContaining("no orders"),
      trigger: "hook",
      actor: "anna",
      commit: "abc123",
      templateDigest: "digest-1",
    });
    const types = app.sim.world.subscribers.get(BUS)!.map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(["Release Started", "Release Shifting", "Release Step Verified", "Release Rolled Back"]),
    );
    expect(app.sim.world.subscribers.get(TOPIC)!.at(-1)!.type).toBe("shop prod: Release Rolled Back");
  });

  test("that are made by the release itself hear of it once they are there", async () => {
    const app = tellingApp({ subscribers: SUBSCRIBERS.map(({ path, kind }) => ({ path, kind })) });
    const anna = app.process("anna");
    const stacks = anna.ports.stacks!;
    const stage: typeof stacks.stage = async (request) => {
      const outcome = await stacks.stage(request);
      expect(heard(app, TOPIC)).toEqual([]);
      return { ...outcome, subscribers: new Map(SUBSCRIBERS.map(({ path, name }) => [path, name])) };
    };
    const finalise: typeof stacks.finalise = (request) => stacks.finalise(request);
    const statuses: typeof stacks.statuses = () => stacks.statuses();
    const pins: typeof stacks.pins = () => stacks.pins();
    const ports = { ...anna.ports, stacks: { stage, finalise, pins, statuses } };
    await app.sim.run(startRelease(app.plan(), ports, app.options("anna")));
    expect(sequences(heard(app, TOPIC))).toEqual(await expected(app));
  });

  test("hear nothing of what a hook let slip", async () => {
    const key = `AKIA${"A1B2".repeat(4)}`;
    const app = tellingApp({ hooks: [hook("preTraffic")] });
    app.sim.world.hooks.set("preTraffic-hook", () => ({ crash: `denied for ${key}` }));
    await app.deploy();
    expect(JSON.stringify(heard(app, TOPIC))).toContain("denied for [redacted]");
    expect(JSON.stringify(heard(app, TOPIC))).not.toContain(key);
  });
});

describe("an unreachable subscriber", () => {
  test("delays neither the release nor the other one, and receives everything later, which the other does not again", async () => {
    const app = tellingApp();
    app.sim.world.busesFail = true;
    const started = app.sim.scheduler.now;
    const first = await app.deploy();
    const calm = new Rehearsal();
    await calm.deploy();
    expect(first.exitCode).toBe(0);
    expect(app.sim.scheduler.now - started).toBeLessThan(calm.sim.scheduler.now - started + MINUTE);
    expect(heard(app, TOPIC).map(({ sequence }) => sequence)).toEqual(await expected(app));
    expect(heard(app, BUS)).toEqual([]);
    app.sim.world.busesFail = false;
    await app.act("ben", rollbackRelease);
    const all = [...(await expected(app, first.release!.id)), ...(await expected(app))];
    expect(heard(app, BUS).map(({ sequence }) => sequence)).toEqual(all);
    expect(heard(app, TOPIC).map(({ sequence }) => sequence)).toEqual(all);
    expect(
      app.sim.world.objects.get([...app.sim.world.objects.keys()].find((key) => key.endsWith("/release.json"))!),
    ).toContain('"outbox":[]');
  });

  test("that is never reached loses the oldest events and nothing else happens", async () => {
    const app = tellingApp({ subscribers: [{ path: "Shop/Gone", kind: "topic", name: `${TOPIC}-gone` }] });
    for (let round = 1; round <= 30; round++)
      expect((await app.deploy("anna", app.plan(`digest-${round}`))).exitCode).toBe(0);
    const { outbox } = JSON.parse([...app.sim.world.objects].find(([key]) => key.endsWith("/release.json"))![1]) as {
      outbox: unknown[];
    };
    expect(outbox).toHaveLength(500);
    app.expectNoViolations();
  });
});

test("at least once: after a kill at any side effect, the next driver delivers what is left", async () => {
  const calm = tellingApp();
  const { ports, effects } = calm.process("anna");
  await calm.sim.run(startRelease(calm.plan(), ports, calm.options("anna")));
  expect(effects.filter((effect) => /Publish|PutEvents/.test(effect)).length).toBeGreaterThan(30);
  for (let effect = 0; effect < effects.length; effect++) {
    const where = `after a kill at effect ${effect} (${effects[effect]})`;
    const app = tellingApp();
    const when = effect % 2 === 0 ? "before" : "after";
    await app.act("anna", (own, options) => startRelease(app.plan(), own, options), { killAt: { effect, when } });
    await app.sim.pass(3 * MINUTE);
    await app.act("ben", resumeRelease);
    app.expectNoViolations(where);
    if (app.oracle.journal()?.release === undefined) continue;
    for (const name of [TOPIC, BUS]) expect(sequences(heard(app, name)), where).toEqual(await expected(app));
  }
});
