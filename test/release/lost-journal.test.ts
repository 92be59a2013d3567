import { describe, expect, test } from "vitest";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import { abortRelease, promoteRelease } from "../../lib/release/verbs/ask.ts";
import { releaseHistory, releaseStatus } from "../../lib/release/verbs/look.ts";
import type { VerbOptions } from "../../lib/release/verbs/outcome.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { standingOf } from "../../lib/release/verbs/standing.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { MINUTE, Rehearsal } from "./rehearsal.ts";

const DOCUMENT = "tidegate/releases/shop/prod/release.json";

/** What happened to the journal, and whether its earlier versions are left. */
const LOSSES = {
  deleted: (app: Rehearsal) => void app.sim.world.objects.delete(DOCUMENT),
  damaged: (app: Rehearsal) => void app.sim.world.objects.set(DOCUMENT, "{ not JSON"),
  emptied: (app: Rehearsal) => void app.sim.world.objects.set(DOCUMENT, ""),
};

const LOST = Object.entries(LOSSES).flatMap(([how, lose]) => [
  { how: `${how}, with its versions`, hasVersions: true, lose },
  { how: `${how}, with all its versions`, hasVersions: false, lose },
]);

type Verb = (ports: ReleasePorts, options: VerbOptions) => ReturnType<typeof rollbackRelease>;

function knownAliases(app: Rehearsal) {
  return () => Promise.resolve(app.members.map(({ path, target, calls }) => ({ path, target: target!, calls })));
}

function act(app: Rehearsal, verb: Verb) {
  return app.act("ben", (ports, options) => verb(ports, { ...options, aliases: knownAliases(app) }));
}

function status(app: Rehearsal) {
  const options = { ...app.options("ben"), aliases: knownAliases(app) };
  return app.sim.run(releaseStatus(app.process("ben").ports, options));
}

/** A release whose driver died with aliases at their first weight. */
async function cutShort(): Promise<Rehearsal> {
  const app = new Rehearsal();
  await app.act("anna", (ports, options) => startRelease(app.plan(), ports, options), {
    killAt: { effect: 34, when: "after" },
  });
  await app.sim.pass(3 * MINUTE);
  expect(Object.values(app.oracle.live()).some((shape) => shape.includes("+"))).toBe(true);
  return app;
}

function areBack(app: Rehearsal): boolean {
  return Object.values(app.oracle.live()).every((shape) => shape.endsWith("1"));
}

describe.each(LOST)("a journal that was $how, in the middle of a canary", ({ lose, hasVersions }) => {
  async function lost(): Promise<Rehearsal> {
    const app = await cutShort();
    lose(app);
    if (!hasVersions) app.sim.world.objectVersions.clear();
    return app;
  }

  test("lets status show what is live and what is under way, and changes nothing", async () => {
    const app = await lost();
    const before = app.sim.world.objects.get(DOCUMENT);
    const seen = await status(app);
    expect(standingOf(seen)).toBe("journal-lost");
    expect(seen.journal.condition).toBe(hasVersions ? "restorable" : "rebuilt");
    expect(seen.aliases.some(({ live }) => live?.additional !== undefined)).toBe(true);
    expect(seen.release?.id).toMatch(/Z-/);
    expect(app.sim.world.objects.get(DOCUMENT)).toBe(before);
  });

  test.each([
    ["rollback", rollbackRelease],
    ["abort", abortRelease],
  ] as const)("%s rolls back every alias and ends with 0; again, there is nothing to do", async (_name, verb) => {
    const app = await lost();
    expect(await act(app, verb)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    expect(areBack(app)).toBe(true);
    expect(await act(app, verb)).toMatchObject({ exitCode: 7, unchanged: true });
    expect(standingOf(await status(app))).toBe("settled");
  });

  test("resume continues where a version is left, and rolls back every alias where none is", async () => {
    const app = await lost();
    const state = hasVersions ? "SUCCEEDED" : "ROLLED_BACK";
    expect(await act(app, resumeRelease)).toMatchObject({ exitCode: hasVersions ? 0 : 3, release: { state } });
    expect(areBack(app)).toBe(!hasVersions);
  });

  test("promote is refused where the steps and gates are not known", async () => {
    const app = await lost();
    const promoted = act(app, promoteRelease);
    if (hasVersions) await expect(promoted).resolves.toMatchObject({ release: { state: "SUCCEEDED" } });
    else await expect(promoted).rejects.toMatchObject({ code: "JournalLost" });
  });

  test("deploy supersedes it", async () => {
    const app = await lost();
    expect(await app.deploy("ben", app.plan("digest-2"))).toMatchObject({
      exitCode: 0,
      release: { state: "SUCCEEDED" },
    });
    expect(app.oracle.violations.filter((text) => text.includes("fence"))).toEqual([]);
  });
});

test("a version of the journal that is older than what the aliases tell is not used", async () => {
  const app = await cutShort();
  const old = app.sim.world.objectVersions.get(DOCUMENT)!.slice(0, 3);
  app.sim.world.objectVersions.set(DOCUMENT, old);
  app.sim.world.objects.delete(DOCUMENT);
  expect((await status(app)).journal.condition).toBe("rebuilt");
  expect(await act(app, rollbackRelease)).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
  expect(areBack(app)).toBe(true);
});

test("of a finished release, what is stamped on the aliases is gone back to", async () => {
  const app = new Rehearsal();
  const { release } = await app.deploy();
  app.sim.world.objects.clear();
  app.sim.world.objectVersions.clear();
  const { releases, found } = await app.sim.run(
    releaseHistory(app.process("ben").ports, { ...app.options("ben"), aliases: knownAliases(app) }),
  );
  expect(found.condition).toBe("rebuilt");
  expect(releases).toMatchObject([{ id: release!.id, state: "SUCCEEDED" }]);
  expect(await act(app, resumeRelease)).toMatchObject({ exitCode: 8, unchanged: true });
  expect(await act(app, rollbackRelease)).toMatchObject({ exitCode: 0, release: { kind: "rollback" } });
  expect(areBack(app)).toBe(true);
});

describe("nothing to act on", () => {
  test("is never a success", async () => {
    const app = new Rehearsal();
    for (const verb of [rollbackRelease, resumeRelease, abortRelease, promoteRelease]) {
      expect(await app.act("ben", verb)).toMatchObject({ exitCode: 7, unchanged: true });
    }
    await app.deploy();
    for (const verb of [resumeRelease, abortRelease, promoteRelease]) {
      expect(await app.act("ben", verb)).toMatchObject({ exitCode: 7, unchanged: true });
    }
  });

  test("with live aliases and no journal ends as a lost one", async () => {
    const app = new Rehearsal();
    expect(await act(app, rollbackRelease)).toMatchObject({ exitCode: 8, unchanged: true });
    expect(standingOf(await status(app))).toBe("journal-lost");
  });
});
