import { describe, expect, test } from "vitest";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import type { ReleaseOutcome, VerbOptions } from "../../lib/release/verbs/outcome.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { ANALYSIS, hook, MINUTE, Rehearsal } from "./rehearsal.ts";

type Verb = (ports: ReleasePorts, options: VerbOptions) => Promise<ReleaseOutcome>;

function newApp(): Rehearsal {
  const alarms = [{ path: "Shop/Errors", name: "errors" }];
  const hooks = [hook("preTraffic"), hook("perStep"), hook("postTraffic"), hook("onRollback")];
  const steps = [10, 25, 50].map((percent) => ({ percent, bakeMs: 3 * MINUTE }));
  const policy = { name: "Custom", steps, finalBakeMs: 3 * MINUTE };
  const app = new Rehearsal({ plan: { alarms, hooks, analysis: ANALYSIS, policy } });
  app.sim.world.alarms.set("errors", { state: "OK" });
  for (const { functionName } of hooks)
    app.sim.world.hooks.set(functionName!, () => ({ payload: '{"status":"passed"}' }));
  return app;
}

const calm = newApp();
const first = calm.process("anna");
await calm.sim.run(startRelease(calm.plan(), first.ports, calm.options("anna")));
const EFFECTS = first.effects;

const VERBS: Record<string, (app: Rehearsal) => Verb> = {
  deploy: (app) => (ports, options) => startRelease(app.plan(), ports, options),
  resume: () => resumeRelease,
  rollback: () => rollbackRelease,
};

test("an undisturbed release with hooks, alarms and analysis has enough places to die at", () => {
  calm.expectNoViolations();
  expect(EFFECTS.length * 2).toBeGreaterThanOrEqual(200);
});

describe.each(Object.keys(VERBS))("after a kill at any side effect, %s alone converges", (name) => {
  test.each(["before", "after"] as const)("killed %s the side effect", async (when) => {
    for (let effect = 0; effect < EFFECTS.length; effect++) await rehearseKill(name, effect, when);
  });
});

async function rehearseKill(name: string, effect: number, when: "before" | "after"): Promise<void> {
  const where = `${name} after a kill ${when} effect ${effect} (${EFFECTS[effect]})`;
  const app = newApp();
  const killed = await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
    killAt: { effect, when },
  });
  await app.sim.pass(180_000);
  const before = app.oracle.journal()?.release?.state;
  const verb = VERBS[name]!(app);
  const outcome = (await app.act("ben", verb)) as ReleaseOutcome;
  app.expectNoViolations(where);
  expect([0, 3], where).toContain(outcome.exitCode);
  expectOneSide(app, where);
  if (name === "deploy") expect(outcome.release?.state, where).toBe("SUCCEEDED");
  if (name === "rollback")
    expect(
      Object.values(app.oracle.live()).every((shape) => shape.endsWith("1")),
      where,
    ).toBe(true);
  if (killed === "killed" && name === "resume" && before !== undefined)
    expect(outcome.release?.state, where).toBe("SUCCEEDED");
  const count = app.oracle.writes.length;
  const again = (await app.act("cleo", name === "deploy" ? resumeRelease : verb)) as ReleaseOutcome;
  expect(again.unchanged, `${where}, once more`).toBe(true);
  expect(app.oracle.writes.length, `${where}, once more`).toBe(count);
}

/** Either everything is on the old versions or everything is on the new ones, and nothing is split. */
function expectOneSide(app: Rehearsal, where: string): void {
  const sides = Object.values(app.oracle.live()).map((shape) =>
    shape.includes("+") ? "split" : shape.endsWith("1") ? "old" : "new",
  );
  expect(new Set(sides).size, `${where}: ${sides.join(" ")}`).toBe(1);
  expect(sides[0], where).not.toBe("split");
}
