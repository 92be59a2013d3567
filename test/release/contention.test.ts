import { describe, expect, test } from "vitest";
import { FencedOutError } from "../../lib/release/journal-session.ts";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import type { VerbOptions } from "../../lib/release/verbs/outcome.ts";
import { abortRelease } from "../../lib/release/verbs/ask.ts";
import { releaseStatus } from "../../lib/release/verbs/look.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { MINUTE, Rehearsal } from "./rehearsal.ts";
import { randomChoice } from "./random-choice.ts";

describe.each([2, 8])("%i deployers at the same moment", (count) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("one wins, the others learn its name, seed %i", async (seed) => {
    const app = new Rehearsal({ choose: randomChoice(seed) });
    const runs = Array.from({ length: count }, (_, index) => {
      const process = app.process(`deployer-${index}`);
      return startRelease(app.plan(`digest-${index}`), process.ports, app.options(process.name));
    });
    const ends = await app.sim.run(Promise.allSettled(runs));
    app.expectNoViolations(`seed ${seed}`);
    const won = ends.filter((end) => end.status === "fulfilled");
    const lost = ends.filter((end) => end.status === "rejected");
    expect(won).toHaveLength(1);
    expect(won[0]!.value.release?.state).toBe("SUCCEEDED");
    for (const { reason } of lost) expect(reason).toMatchObject({ code: "DeployerBusy" });
  });
});

describe("a holder that is paused past its lease", () => {
  const calm = new Rehearsal({ machine: false });
  test("touches nothing any more, wherever it was paused", async () => {
    const first = calm.process("anna");
    await calm.sim.run(startRelease(calm.plan(), first.ports, calm.options("anna")));
    for (let effect = 1; effect < first.effects.length; effect++) {
      await rehearseFreeze(effect, resumeRelease, first.effects[effect]!);
      // Between the last look at the lock and CloudFormation nothing can be refused: see the next test.
      if (first.effects[effect] === "stacks Finalise") continue;
      await rehearseFreeze(effect, rollbackRelease, first.effects[effect]!);
    }
  });
});

async function rehearseFreeze(
  effect: number,
  verb: (ports: ReleasePorts, options: VerbOptions) => Promise<unknown>,
  what: string,
): Promise<void> {
  const app = new Rehearsal({ machine: false });
  const where = `${verb.name} while effect ${effect} (${what}) is frozen`;
  const sleeper = app.process("anna", { freezeAt: { effect, durationMs: 40 * MINUTE } });
  const stale = startRelease(app.plan(), sleeper.ports, app.options("anna"));
  const ended = stale.then(
    () => "ended",
    (error: unknown) => error,
  );
  await app.sim.run(app.process("clock").ports.clock.sleep(35 * MINUTE));
  const other = app.process("ben");
  await app.sim.run(verb(other.ports, app.options("ben")));
  const takenOver = app.oracle.journal()?.fence !== 1;
  const state = app.oracle.journal()?.release?.state;
  const live = app.oracle.live();
  const end = await app.sim.run(ended);
  app.expectNoViolations(where);
  if (!takenOver) return;
  if (end !== "ended") expect(end, where).toBeInstanceOf(FencedOutError);
  expect(app.oracle.live(), where).toEqual(live);
  expect(app.oracle.journal()?.release?.state, where).toBe(state);
}

test("a change set that is executed after the lease moves aliases, but shows as drift, and rollback takes it back", async () => {
  const calm = new Rehearsal({ machine: false });
  const { ports, effects } = calm.process("anna");
  await calm.sim.run(startRelease(calm.plan(), ports, calm.options("anna")));
  const app = new Rehearsal({ machine: false });
  const freezeAt = { effect: effects.indexOf("stacks Finalise"), durationMs: 40 * MINUTE };
  const sleeper = app.process("anna", { freezeAt });
  const stale = startRelease(app.plan(), sleeper.ports, app.options("anna"));
  void stale.catch(() => undefined);
  await app.sim.run(app.process("clock").ports.clock.sleep(35 * MINUTE));
  const ben = app.process("ben");
  expect(await app.sim.run(rollbackRelease(ben.ports, app.options("ben")))).toMatchObject({ exitCode: 0 });
  await expect(app.sim.run(stale)).rejects.toBeInstanceOf(FencedOutError);
  expect(app.oracle.live()["Shop/list"]).toBe("2");
  const { aliases } = await app.sim.run(releaseStatus(ben.ports));
  expect(aliases.every(({ drifted }) => drifted)).toBe(true);
  expect(await app.sim.run(rollbackRelease(ben.ports, app.options("ben")))).toMatchObject({ exitCode: 0 });
  expect(app.oracle.live()["Shop/list"]).toBe("1");
});

test("a state machine has no RevisionId: a write that arrives after the lease cannot be refused, but shows as drift", async () => {
  const calm = new Rehearsal({ functions: ["create"] });
  const { ports, effects } = calm.process("anna");
  await calm.sim.run(startRelease(calm.plan(), ports, calm.options("anna")));
  const effect = effects.indexOf("sfn UpdateStateMachineAlias");
  const app = new Rehearsal({ functions: ["create"] });
  const sleeper = app.process("anna", { freezeAt: { effect, durationMs: 40 * MINUTE } });
  const stale = startRelease(app.plan(), sleeper.ports, app.options("anna")).catch((error: unknown) => error);
  await app.sim.run(app.process("clock").ports.clock.sleep(35 * MINUTE));
  const ben = app.process("ben");
  await app.sim.run(abortRelease(ben.ports, app.options("ben")));
  expect(await app.sim.run(stale)).toBeInstanceOf(FencedOutError);
  const status = await app.sim.run(releaseStatus(ben.ports));
  expect(status.aliases.map(({ path, drifted }) => [path, drifted])).toEqual([
    ["Shop/create", false],
    ["Shop/flow", true],
  ]);
});

test("a request left while a driver is alive reaches it", async () => {
  const app = new Rehearsal();
  const anna = app.process("anna");
  const running = startRelease(app.plan(), anna.ports, app.options("anna"));
  await app.sim.run(app.process("clock").ports.clock.sleep(3 * MINUTE));
  const asked = await app.sim.run(abortRelease(app.process("ben").ports, app.options("ben")));
  expect(asked.leftTo?.actor).toBe("anna");
  const outcome = await app.sim.run(running);
  app.expectNoViolations();
  expect(outcome.release?.state).toBe("ROLLED_BACK");
  expect(outcome.exitCode).toBe(3);
  expect(outcome.release?.cause).toMatchObject({ trigger: "user" });
});
