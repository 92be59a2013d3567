import { describe, expect, test } from "vitest";
import { tryParseStamp } from "../../lib/release/alias-stamp.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { Rehearsal } from "./rehearsal.ts";

function descriptions(app: Rehearsal): string[] {
  const { functions, machines } = app.sim.world;
  const aliases = [...functions.values(), ...machines.values()].map((one) => one.aliases.get("live"));
  return aliases.map((alias) => alias?.description ?? "");
}

/** Goes back with nothing but the aliases, as far as the stacks know them. */
function withoutJournal(app: Rehearsal): typeof rollbackRelease {
  app.sim.world.objects.clear();
  const aliases = app.members.map(({ path, target, calls }) => ({ path, target: target!, calls }));
  return (ports, options) => rollbackRelease(ports, { ...options, aliases: () => Promise.resolve(aliases) });
}

describe("stamps in the aliases' descriptions", () => {
  test("are there again after the stacks' pins were set, which erases them", async () => {
    const app = new Rehearsal();
    const { release } = await app.deploy();
    const stamps = descriptions(app).map(tryParseStamp);
    expect(stamps).toHaveLength(4);
    for (const stamp of stamps) expect(stamp).toMatchObject({ release: release?.id, step: "live" });
    app.expectNoViolations();
  });

  test("bring a finished release back whose journal is lost", async () => {
    const app = new Rehearsal();
    await app.deploy();
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "2" });
    expect(await app.act("ben", withoutJournal(app))).toMatchObject({ release: { kind: "rollback" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "1", "Shop/list": "1" });
  });

  test("leave a description alone that the template gives", async () => {
    const app = new Rehearsal();
    app.sim.world.templateDescription = "what customers use";
    expect(await app.deploy()).toMatchObject({ release: { state: "SUCCEEDED" } });
    expect(new Set(descriptions(app))).toEqual(new Set(["what customers use"]));
  });

  test("that cannot be written fail no release", async () => {
    const app = new Rehearsal();
    const stages = app.oracle;
    const running = app.deploy();
    while (stages.journal()?.release?.state !== "PRUNING") await app.sim.pass(100);
    app.sim.faults.push({ service: "lambda", operation: "UpdateAlias", kind: "drop", times: 99 });
    expect(await running).toMatchObject({ release: { state: "SUCCEEDED" } });
  });
});
