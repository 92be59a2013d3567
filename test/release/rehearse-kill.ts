import assert from "node:assert/strict";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import type { ReleaseOutcome, VerbOptions } from "../../lib/release/verbs/outcome.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import type { ProcessOptions } from "../helpers/simulated-aws/simulated-aws.ts";
import { randomChoice } from "./random-choice.ts";
import { ANALYSIS, hook, MINUTE, Rehearsal } from "./rehearsal.ts";

type Verb = (ports: ReleasePorts, options: VerbOptions) => Promise<ReleaseOutcome>;

/** The verbs that each have to converge alone. */
export const RECOVERIES = ["deploy", "resume", "rollback"] as const;

/** One kill: where the first driver dies, and who takes the release up. */
export interface Kill {
  readonly effect: number;
  readonly when: "before" | "after";
  readonly recovery: (typeof RECOVERIES)[number];
  /** Orders the turns of processes that act at the same moment. @default - first come, first served */
  readonly seed?: number;
  /** The one who takes it up dies as well, at this side effect of its own. */
  readonly second?: ProcessOptions["killAt"];
}

/** The side effects of an undisturbed release with every kind of gate, and with versions to prune. */
export async function sideEffects(seed?: number): Promise<readonly string[]> {
  const app = newGatedApp(seed);
  const first = app.process("anna");
  await app.sim.run(startRelease(app.plan(), first.ports, app.options("anna")));
  app.expectNoViolations("undisturbed");
  return first.effects;
}

/** Kills a driver, lets a verb take the release up, and checks where everything ended up, twice. */
export async function rehearseKill(kill: Kill, effects: readonly string[]): Promise<void> {
  const where = `${kill.recovery} after a kill ${kill.when} effect ${kill.effect} (${effects[kill.effect]}), ${JSON.stringify(kill)}`;
  const app = newGatedApp(kill.seed);
  const { effect, when } = kill;
  const killed = await app.act("anna", deployOf(app), { killAt: { effect, when } });
  await app.sim.pass(3 * MINUTE);
  const before = app.oracle.journal()?.release?.state;
  const verb: Verb = { deploy: deployOf(app), resume: resumeRelease, rollback: rollbackRelease }[kill.recovery];
  if (kill.second !== undefined) {
    await app.act("ben", verb, { killAt: kill.second });
    await app.sim.pass(3 * MINUTE);
  }
  const outcome = (await app.act("cleo", verb)) as ReleaseOutcome;
  app.expectNoViolations(where);
  const expected = outcome.unchanged ? [7] : [0, 3];
  assert.ok(expected.includes(outcome.exitCode), `${where}: exit code ${outcome.exitCode}`);
  expectOneSide(app, kill, where);
  const finishes = kill.recovery === "deploy" || (kill.recovery === "resume" && killed === "killed" && before);
  if (finishes) assert.equal(outcome.release?.state, "SUCCEEDED", where);
  const count = app.oracle.writes.length;
  const again = (await app.act("dora", kill.recovery === "deploy" ? resumeRelease : verb)) as ReleaseOutcome;
  assert.equal(again.unchanged, true, `${where}, once more`);
  assert.equal(app.oracle.writes.length, count, `${where}, once more`);
}

function deployOf(app: Rehearsal): Verb {
  return (ports, options) => startRelease(app.plan(), ports, options);
}

/** Three functions and a state machine; hooks of every phase, an alarm, analysis, and an old version each to prune. */
function newGatedApp(seed?: number): Rehearsal {
  const alarms = [{ path: "Shop/Errors", name: "errors" }];
  const hooks = [hook("preTraffic"), hook("perStep"), hook("postTraffic"), hook("onRollback")];
  const steps = [10, 25, 50].map((percent) => ({ percent, bakeMs: 3 * MINUTE }));
  const policy = { name: "Custom", steps, finalBakeMs: 3 * MINUTE };
  const choose = seed === undefined ? undefined : randomChoice(seed);
  const app = new Rehearsal({ choose, plan: { alarms, hooks, analysis: ANALYSIS, policy, keepVersions: 1 } });
  const { world } = app.sim;
  world.alarms.set("errors", { state: "OK" });
  for (const { functionName } of hooks) world.hooks.set(functionName!, () => ({ payload: '{"status":"passed"}' }));
  for (const name of world.functions.keys()) world.publish(name);
  for (const arn of world.machines.keys()) world.publishMachine(arn);
  return app;
}

/** Either everything is on the old versions or everything is on the new ones, and nothing is split. */
function expectOneSide(app: Rehearsal, kill: Kill, where: string): void {
  const sides = Object.values(app.oracle.live()).map((shape) =>
    shape.includes("+") ? "split" : shape.endsWith("1") ? "old" : "new",
  );
  assert.equal(new Set(sides).size, 1, `${where}: ${sides.join(" ")}`);
  assert.notEqual(sides[0], "split", where);
  if (kill.recovery === "rollback") assert.equal(sides[0], "old", where);
}
