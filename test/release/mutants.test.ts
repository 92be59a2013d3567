import { describe, expect, test } from "vitest";
import type { JournalDocument } from "../../lib/release/ports/journal-port.ts";
import type { AliasWrite, ReleasePorts } from "../../lib/release/ports/ports.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { ANALYSIS, hook, MINUTE, Rehearsal } from "./rehearsal.ts";

/**
 * The harness proves itself: the product with one safeguard taken out has to be caught. Safeguards are taken out by
 * wrapping ports, so that no switch for it ships.
 */
type Mutation = (ports: ReleasePorts) => ReleasePorts;

const UNTOUCHED: Mutation = (ports) => ports;

const withoutRevisionId: Mutation = (ports) => wrapAliases(ports, (write) => ({ ...write, revision: undefined }));

const withoutFence: Mutation = (ports) => ({
  ...ports,
  journal: wrap(ports.journal, {
    write: async (document: JournalDocument, expected: string | undefined) => {
      const found = await ports.journal.read();
      return ports.journal.write(document, expected === undefined ? undefined : found?.tag);
    },
  }),
});

const withoutIntentBeforeAct: Mutation = (ports) => ({
  ...ports,
  journal: wrap(ports.journal, {
    write: (document: JournalDocument, expected: string | undefined) =>
      ports.journal.write(withoutIntents(document), expected),
  }),
});

const withoutSnapshotOnDisk: Mutation = (ports) => ({
  ...ports,
  journal: wrap(ports.journal, {
    read: async () => {
      const found = await ports.journal.read();
      if (found?.document.release?.stable === undefined) return found;
      const stable: Record<string, string | null> = {};
      for (const { path, target } of found.document.release.members) {
        stable[path] = target === undefined ? null : ((await ports.aliases.get(target))?.primary ?? null);
      }
      return { ...found, document: { ...found.document, release: { ...found.document.release, stable } } };
    },
  }),
});

const missingAlarmIsHealthy: Mutation = (ports) => ({
  ...ports,
  alarms: { read: async (guards) => new Map(guards.map(({ path }) => [path, { state: "OK" as const }])) },
});

const noDataIsFine: Mutation = (ports) => ({
  ...ports,
  metrics: {
    read: ({ from }) => Promise.resolve({ next: [{ at: from, invocations: 1000, errors: 0 }], stable: [] }),
    readServed: () => Promise.resolve({ calls: [] }),
  },
});

const hooksAlwaysPass: Mutation = (ports) => ({
  ...ports,
  hooks: { call: () => Promise.resolve({ kind: "passed" as const }) },
});

const withoutPins: Mutation = (ports) => ({
  ...ports,
  aliases: wrap(ports.aliases, {
    versions: async (target) =>
      (await ports.aliases.versions(target)).map(({ pinnedBy: _pinnedBy, ...version }) => version),
  }),
});

const everyStackIsStable: Mutation = (ports) => ({
  ...ports,
  stacks: wrap(ports.stacks!, { statuses: () => Promise.resolve(new Map([["Main", "UPDATE_COMPLETE"]])) }),
});

const withoutAlignment: Mutation = (ports) => ({
  ...ports,
  stacks: wrap(ports.stacks!, {
    finalise: (request) =>
      request.contracts ? ports.stacks!.finalise(request) : Promise.resolve({ kind: "finalised" as const }),
  }),
});

const contractsWithTheStage: Mutation = (ports) => ({
  ...ports,
  stacks: wrap(ports.stacks!, {
    stage: async (request) => {
      const outcome = await ports.stacks!.stage(request);
      if (outcome.kind === "failed") return outcome;
      const live = new Map(outcome.members.map(({ path, next }) => [path, next]));
      await ports.stacks!.finalise({ ...request, live, contracts: true, confirm: () => Promise.resolve() });
      return outcome;
    },
  }),
});

const releasesWhatIsLiveAlready: Mutation = (ports) => ({
  ...ports,
  stacks: wrap(ports.stacks!, {
    stage: async (request) => {
      const outcome = await ports.stacks!.stage(request);
      if (outcome.kind === "failed") return outcome;
      const members = outcome.members.map((member) => ({ ...member, next: request.pinned.get(member.path) ?? "1" }));
      return { ...outcome, members };
    },
  }),
});

const withoutHistory: Mutation = (ports) => ({
  ...ports,
  journal: wrap(ports.journal, {
    read: async () => {
      const found = await ports.journal.read();
      return found && { ...found, document: { ...found.document, history: [] } };
    },
  }),
});

describe("a harness that finds nothing in the product as it is", () => {
  test.each(Object.entries(rehearsals()))("%s", async (_name, rehearse) => {
    expect(await rehearse(UNTOUCHED)).toEqual([]);
  });
});

describe("finds the product without", () => {
  const { foreign, frozen, killed, promoteKilled, alarm, metrics, hooks, pruned, staged, stagedAgain } = rehearsals();
  test.each([
    ["the RevisionId", foreign, withoutRevisionId],
    ["the fence", frozen, withoutFence],
    ["the intent before the act", killed, withoutIntentBeforeAct],
    ["the snapshot that is written once", promoteKilled, withoutSnapshotOnDisk],
    ["the rule that a missing alarm is not healthy", alarm, missingAlarmIsHealthy],
    ["the rule that missing data does not pass", metrics, noDataIsFine],
    ["the answer of its hooks", hooks, hooksAlwaysPass],
    ["the look for running executions before pruning", pruned, withoutPins],
    ["the look at the stacks before pruning", pruned, everyStackIsStable],
    ["the rollback targets that pruning spares", pruned, withoutHistory],
    ["pins that follow what is live before a stage", stagedAgain, withoutAlignment],
    ["the promotion before what older versions need is removed", staged, contractsWithTheStage],
    ["the versions that the stage has made", staged, releasesWhatIsLiveAlready],
  ])("%s", async (_what, rehearse, mutate) => {
    expect(await rehearse(mutate)).not.toEqual([]);
  });
});

/** Each returns what the oracle, or the final state, has to say against the run. */
function rehearsals(): Record<
  | "foreign"
  | "frozen"
  | "killed"
  | "promoteKilled"
  | "alarm"
  | "metrics"
  | "hooks"
  | "pruned"
  | "staged"
  | "stagedAgain",
  (mutate: Mutation) => Promise<string[]>
> {
  return {
    async foreign(mutate) {
      const app = new Rehearsal({ machine: false });
      const { ports } = app.process("anna");
      // The alias is moved by hand between the engine's observation and its write.
      const raced = wrapAliases(mutate(ports), (write) => {
        if (write.target.name === "list" && write.goal.additional?.percent === 50)
          app.moveAlias("list", { weights: { "2": 0.33 } });
        return write;
      });
      await app.sim.run(startRelease(app.plan(), raced, app.options("anna")));
      return app.oracle.violations;
    },
    async frozen(mutate) {
      const found: string[] = [];
      for (let effect = 5; effect < 60; effect += 3) {
        const app = new Rehearsal({ machine: false });
        const anna = app.process("anna", { freezeAt: { effect, durationMs: 40 * MINUTE } });
        const stale = startRelease(app.plan(), mutate(anna.ports), app.options("anna")).catch(() => undefined);
        await app.sim.run(app.process("clock").ports.clock.sleep(35 * MINUTE));
        await app.sim.run(rollbackRelease(mutate(app.process("ben").ports), app.options("ben")));
        await app.sim.run(stale);
        found.push(...app.oracle.violations);
      }
      return found;
    },
    async killed(mutate) {
      const app = new Rehearsal({ machine: false });
      const { ports } = app.process("anna");
      await app.sim.run(startRelease(app.plan(), mutate(ports), app.options("anna")).catch(() => undefined));
      return app.oracle.violations;
    },
    async promoteKilled(mutate) {
      const found: string[] = [];
      const calm = new Rehearsal({ machine: false });
      const first = calm.process("anna");
      await calm.sim.run(startRelease(calm.plan(), first.ports, calm.options("anna")));
      for (let effect = first.effects.length - 25; effect < first.effects.length - 8; effect++) {
        const app = new Rehearsal({ machine: false });
        const anna = app.process("anna", { killAt: { effect, when: "after" } });
        await app.sim.run(Promise.race([startRelease(app.plan(), mutate(anna.ports), app.options("anna")), anna.died]));
        await app.sim.pass(3 * MINUTE);
        await app.sim.run(rollbackRelease(mutate(app.process("ben").ports), app.options("ben")).catch(() => undefined));
        found.push(...app.oracle.violations, ...Object.values(app.oracle.live()).filter((shape) => shape !== "1"));
      }
      return found;
    },
    async alarm(mutate) {
      const app = new Rehearsal({ plan: { alarms: [{ path: "Shop/Errors", name: "errors" }] } });
      await app.sim.run(startRelease(app.plan(), mutate(app.process("anna").ports), app.options("anna")));
      return app.oracle.violations;
    },
    async metrics(mutate) {
      const app = new Rehearsal({ plan: { analysis: ANALYSIS } });
      app.sim.world.metrics = "missing";
      await app.sim.run(startRelease(app.plan(), mutate(app.process("anna").ports), app.options("anna")));
      return app.oracle.violations;
    },
    async hooks(mutate) {
      const app = new Rehearsal({ plan: { hooks: [hook("perStep")] } });
      app.sim.world.hooks.set("perStep-hook", () => ({ payload: '{"status":"failed","reason":"no"}' }));
      await app.sim.run(startRelease(app.plan(), mutate(app.process("anna").ports), app.options("anna")));
      await app.sim.run(resumeRelease(app.process("ben").ports, app.options("ben")));
      return app.oracle.violations;
    },
    async staged(mutate) {
      const app = new Rehearsal();
      await app.sim.run(startRelease(app.plan(), mutate(app.process("anna").ports), app.options("anna")));
      return app.oracle.violations;
    },
    async stagedAgain(mutate) {
      const app = new Rehearsal();
      await app.deploy();
      await app.act("ben", ({ stacks: _stacks, ...ports }, options) => rollbackRelease(ports, options));
      const plan = app.plan("digest-2");
      await app.sim.run(startRelease(plan, mutate(app.process("anna").ports), app.options("anna")));
      return app.oracle.violations;
    },
    async pruned(mutate) {
      const policy = { name: "AllAtOnce", steps: [], finalBakeMs: 0 };
      const app = new Rehearsal({ functions: ["list"], machine: false, plan: { keepVersions: 2, policy } });
      const { world, stackScript } = app.sim;
      const target = app.members[0]!.target!;
      stackScript.creates.set("Shop/list", { target, changed: true, settings: { durable: true } });
      world.functions.get("list")!.executions.set("2", 1);
      for (let round = 1; round <= 8; round++) {
        world.stacks.set("Data", round > 6 ? "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" : "UPDATE_COMPLETE");
        const { ports } = app.process("anna");
        await app.sim.run(startRelease(app.plan(`digest-${round}`), mutate(ports), app.options("anna")));
      }
      return app.oracle.violations;
    },
  };
}

function wrapAliases(ports: ReleasePorts, change: (write: AliasWrite) => AliasWrite): ReleasePorts {
  return {
    ...ports,
    aliases: wrap(ports.aliases, { update: (write: AliasWrite) => ports.aliases.update(change(write)) }),
  };
}

/** The same port with some of its methods replaced. */
function wrap<T extends object>(port: T, methods: Partial<T>): T {
  return new Proxy(port, {
    get(target, key) {
      const own: unknown = Reflect.get(methods, key) ?? Reflect.get(target, key);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

function withoutIntents(document: JournalDocument): JournalDocument {
  const { release } = document;
  if (release === undefined) return document;
  const progress = Object.fromEntries(
    Object.entries(release.progress).map(([path, { intent: _intent, ...rest }]) => [path, rest]),
  );
  return { ...document, release: { ...release, progress } };
}
