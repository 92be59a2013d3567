import assert from "node:assert/strict";
import { array, type Arbitrary, constantFrom, integer, option, record } from "fast-check";
import { EXIT } from "../../lib/release/exit-code.ts";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import type { ReleaseOutcome, VerbOptions } from "../../lib/release/verbs/outcome.ts";
import { abortRelease, pauseRelease, promoteRelease } from "../../lib/release/verbs/ask.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { ANALYSIS, hook, MINUTE, Rehearsal } from "./rehearsal.ts";
import { randomChoice } from "./random-choice.ts";

type Verb = (ports: ReleasePorts, options: VerbOptions) => Promise<ReleaseOutcome>;

const VERBS: Readonly<Record<string, Verb>> = {
  resume: resumeRelease,
  rollback: rollbackRelease,
  "rollback without a member": (ports, options) => rollbackRelease(ports, { ...options, without: ["Shop/list"] }),
  "rollback without the stacks": ({ stacks: _stacks, ...ports }, options) => rollbackRelease(ports, options),
  abort: abortRelease,
  pause: pauseRelease,
  promote: promoteRelease,
};

const CALLS = [
  ["lambda", "UpdateAlias"],
  ["lambda", "GetAlias"],
  ["lambda", "GetFunctionConfiguration"],
  ["lambda", "Invoke"],
  ["lambda", "ListVersionsByFunction"],
  ["lambda", "DeleteFunction"],
  ["lambda", "ListProvisionedConcurrencyConfigs"],
  ["lambda", "PutProvisionedConcurrencyConfig"],
  ["lambda", "DeleteProvisionedConcurrencyConfig"],
  ["sfn", "UpdateStateMachineAlias"],
  ["sfn", "DescribeStateMachineAlias"],
  ["s3", "PutObject"],
  ["s3", "GetObject"],
  ["cloudwatch", "GetMetricData"],
  ["cloudwatch", "DescribeAlarms"],
  ["stacks", "Stage"],
  ["stacks", "Finalise"],
] as const;

const FAULTS = record({
  call: constantFrom(...CALLS),
  kind: constantFrom("throttle" as const, "lose-reply" as const, "lose-reply-and-retry" as const, "drop" as const),
  times: integer({ min: 1, max: 4 }),
  skip: integer({ min: 0, max: 40 }),
});

const DEPLOYERS = record({
  startsAfter: integer({ min: 0, max: 20 * MINUTE }),
  verb: constantFrom(
    "deploy",
    "deploy another",
    "resume",
    "rollback",
    "rollback without a member",
    "rollback without the stacks",
    "abort",
    "pause",
    "promote",
  ),
  killAt: option(
    record({ effect: integer({ min: 0, max: 90 }), when: constantFrom("before" as const, "after" as const) }),
    { nil: undefined },
  ),
  freezeAt: option(
    record({ effect: integer({ min: 0, max: 60 }), durationMs: integer({ min: 0, max: 30 * MINUTE }) }),
    { nil: undefined },
  ),
  outage: option(
    record({
      afterMs: integer({ min: 0, max: 20 * MINUTE }),
      durationMs: integer({ min: 1_000, max: 10 * MINUTE }),
      kind: constantFrom("network" as const, "expired token" as const),
    }),
    { nil: undefined },
  ),
});

const MISHAPS = record({
  after: integer({ min: 0, max: 25 * MINUTE }),
  what: constantFrom(
    "red alarm",
    "green alarm",
    "no data",
    "metrics gone",
    "metrics back",
    "errors rise",
    "foreign weight",
    "foreign move",
    "hook fails",
    "stack busy",
    "stages fail",
    "emergency",
    "finalises fail",
  ),
});

/** Deployers that start, die and freeze at any time, with faults and mishaps between them. */
export const SCHEDULES = record({
  seed: integer({ min: 1, max: 1_000_000 }),
  faults: array(FAULTS, { maxLength: 3 }),
  deployers: array(DEPLOYERS, { minLength: 1, maxLength: 4 }),
  mishaps: array(MISHAPS, { maxLength: 3 }),
  /** The verb that ends the release that the schedule has left. */
  wayOut: constantFrom("rollback", "resume", "rollback without the stacks"),
});

/** One such schedule. */
export type Schedule = typeof SCHEDULES extends Arbitrary<infer T> ? T : never;

/** Rehearses a schedule to its end, heals the world, has the release brought back, and another one made. */
export async function rehearseSchedule(schedule: Schedule): Promise<void> {
  // A freeze between the comparison and the write of a state machine cannot be refused by Step Functions: see README.
  const app = newApp(
    schedule.seed,
    schedule.deployers.some(({ freezeAt }) => freezeAt !== undefined),
  );
  const leftOut = watchLeftOut(app);
  app.sim.faults.push(
    ...schedule.faults.map(({ call: [service, operation], ...fault }) => ({ ...fault, service, operation })),
  );
  const runs = schedule.deployers.map((deployer, index) => runDeployer(app, deployer, `deployer-${index}`));
  const mishaps = schedule.mishaps.map((mishap) => happen(app, mishap));
  await app.sim.run(Promise.all([...runs, ...mishaps]));
  app.expectNoViolations();
  await heal(app, leftOut);
  await app.sim.pass(3 * MINUTE);
  await takeWayOut(app, schedule.wayOut);
  if (schedule.seed % 2 === 0) await fallAsleep(app);
  for (const name of ["medic", "nurse"]) {
    const outcome = (await app.act(name, rollbackRelease)) as ReleaseOutcome;
    const stragglers = outcome.release?.stragglers.map(({ reason }) => reason).join("; ");
    const isBack = outcome.exitCode === EXIT.done || outcome.exitCode === EXIT.nothingToDo;
    assert.ok(isBack, `exit code ${outcome.exitCode}: ${stragglers}`);
  }
  app.expectNoViolations();
  for (const shape of Object.values(app.oracle.live())) assert.doesNotMatch(shape, /\+/);
  const end = (await app.act("closer", (ports, options) =>
    startRelease(app.plan("digest-9"), ports, options),
  )) as ReleaseOutcome;
  app.expectNoViolations();
  assert.equal(end.release?.state, "SUCCEEDED");
}

/** Every state has a way out: where nothing is in the way any more, the verb leaves a release that is finished. */
async function takeWayOut(app: Rehearsal, verb: Schedule["wayOut"]): Promise<void> {
  const isPauseAsked = app.oracle.journal()?.requests.some((request) => request.verb === "pause") === true;
  await app.act("way-out", verbOf(app, verb));
  // A pause that was requested before is honoured: the next `resume` continues from it.
  if (verb === "resume" && isPauseAsked && app.oracle.journal()?.release?.state === "PAUSED")
    await app.act("way-out", verbOf(app, verb));
  const state = app.oracle.journal()?.release?.state ?? "ROLLED_BACK";
  assert.ok(["SUCCEEDED", "ROLLED_BACK"].includes(state), `${verb} left the release in ${state}`);
  app.expectNoViolations(verb);
}

function newApp(seed: number, freezes: boolean): Rehearsal {
  const hooks = [hook("preTraffic"), hook("perStep"), hook("postTraffic"), hook("onRollback")];
  const plan = { hooks, alarms: [{ path: "Shop/Errors", name: "errors" }], analysis: ANALYSIS, keepVersions: 1 };
  const app = new Rehearsal({ choose: randomChoice(seed), machine: !freezes, freezes, plan });
  app.sim.world.alarms.set("errors", { state: "OK" });
  const list = app.members.find(({ path }) => path === "Shop/list")!;
  app.sim.stackScript.creates.set(list.path, { target: list.target!, changed: true, settings: { concurrency: 3 } });
  for (const { functionName } of hooks)
    app.sim.world.hooks.set(functionName!, () => ({ payload: '{"status":"passed"}' }));
  return app;
}

/** No driver acts for three weeks: versions without traffic are Inactive by then. */
async function fallAsleep(app: Rehearsal): Promise<void> {
  await app.sim.pass(21 * 24 * 60 * MINUTE);
  for (const name of app.sim.world.functions.keys()) app.sim.world.age(name);
}

async function runDeployer(app: Rehearsal, deployer: Schedule["deployers"][number], name: string): Promise<void> {
  await app.sim.scheduler.turn(deployer.startsAfter);
  const { killAt, freezeAt, outage } = deployer;
  const process = app.process(name, { killAt, freezeAt, ...(outage !== undefined && { outage }) });
  // Being refused, fenced out or cut off from the journal is a fair end of one deployer.
  await Promise.race([
    verbOf(app, deployer.verb)(process.ports, app.options(name)).catch(() => undefined),
    process.died,
  ]);
}

function verbOf(app: Rehearsal, verb: string): Verb {
  if (verb === "deploy") return (ports, options) => startRelease(app.plan(), ports, options);
  if (verb === "deploy another") return (ports, options) => startRelease(app.plan("digest-2"), ports, options);
  const known = VERBS[verb];
  assert.ok(known !== undefined, verb);
  return known;
}

async function happen(app: Rehearsal, { after, what }: Schedule["mishaps"][number]): Promise<void> {
  const { world, scheduler } = app.sim;
  await scheduler.turn(after);
  world.now = scheduler.now;
  switch (what) {
    case "red alarm":
      return void world.alarms.set("errors", { state: "ALARM" });
    case "green alarm":
      return void world.alarms.set("errors", { state: "OK" });
    case "no data":
      return void world.alarms.set("errors", { state: "INSUFFICIENT_DATA" });
    case "metrics gone":
      world.metrics = "missing";
      return;
    case "metrics back":
      world.metrics = "there";
      return;
    case "errors rise":
      return void world.traffic.set("list", { invocationsPerMinute: 1000, errorRates: new Map([["2", 0.2]]) });
    case "foreign weight":
      return tryMove(app, { weights: { "2": 0.33 } });
    case "foreign move":
      return tryMove(app, { primary: "2" });
    case "hook fails":
      return void world.hooks.set("perStep-hook", () => ({ payload: '{"status":"failed","reason":"no"}' }));
    case "stages fail":
      app.sim.stackScript.stage = "fails";
      return;
    case "finalises fail":
      app.sim.stackScript.finalise = "fails";
      return;
    case "emergency":
      for (const name of world.functions.keys()) app.moveAlias(name, { primary: "1" });
      return;
    case "stack busy":
      return void world.stacks.set("Main", "UPDATE_IN_PROGRESS");
  }
}

function tryMove(app: Rehearsal, to: Parameters<Rehearsal["moveAlias"]>[1]): void {
  try {
    app.moveAlias("list", to);
  } catch {
    // There is no version 2 yet.
  }
}

/** Paths of the members that any release left out by name. The release after it does not list them any more. */
function watchLeftOut(app: Rehearsal): ReadonlySet<string> {
  const paths = new Set<string>();
  app.sim.world.listeners.push(({ kind }) => {
    if (kind !== "object") return;
    for (const path of app.oracle.journal()?.release?.letGo ?? []) paths.add(path);
  });
  return paths;
}

/**
 * Everything works again. An operator puts the aliases that were moved by hand or left out on one version, as the journal
 * has it.
 */
async function heal(app: Rehearsal, leftOut: ReadonlySet<string>): Promise<void> {
  const { world, faults } = app.sim;
  faults.length = 0;
  world.metrics = "there";
  world.alarms.set("errors", { state: "OK" });
  world.traffic.set("list", { invocationsPerMinute: 1000, errorRates: new Map() });
  world.hooks.set("perStep-hook", () => ({ payload: '{"status":"passed"}' }));
  world.stacks.set("Main", "UPDATE_COMPLETE");
  Object.assign(app.sim.stackScript, { stage: "works", finalise: "works" });
  const release = app.oracle.journal()?.release;
  for (const { path, target } of app.members) {
    const alias = world.functions.get(target!.name)?.aliases.get("live");
    if (alias?.description !== "by hand" && !leftOut.has(path)) continue;
    const recorded = release?.progress[path]?.verified?.primary ?? release?.stable?.[path] ?? "1";
    app.moveAlias(target!.name, { primary: recorded }, "operator");
  }
}
