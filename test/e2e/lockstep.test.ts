import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CountingProxy } from "../helpers/counting-proxy.ts";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { SHOP_FUNCTIONS, writeShop } from "../helpers/shop-app.ts";
import { ShopClient } from "../helpers/shop-client.ts";

interface Outcome {
  readonly exitCode: number;
  readonly release?: { readonly state: string; readonly cause?: { readonly trigger: string; readonly text: string } };
}

interface Status {
  readonly aliases: readonly {
    readonly path: string;
    readonly live: { readonly primary: string; readonly additional?: object };
  }[];
}

let project: TestProject;
let proxy: CountingProxy;
let client: ShopClient;

/**
 * A minute of the cloud's time passes in three seconds: a bake of five gives a slow machine time for the calls that a
 * judgement needs.
 */
beforeAll(async () => {
  project = emptyProject({ AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: "tester" });
  writeShop(project, { endpoint: "" });
  const { endpoint } = await project.json<{ endpoint: string }>("local", "start", "--clock-speed", "20");
  proxy = await CountingProxy.start(endpoint);
  client = new ShopClient(endpoint);
  const first = await deploy(1);
  if (first.exitCode !== 0) throw new Error(`the first deploy failed: ${JSON.stringify(first)}`);
});

afterAll(async () => {
  await client.stop();
  await proxy.stop();
  await project.remove();
});

describe(`${SHOP_FUNCTIONS} functions and a workflow behind one release, under load`, () => {
  it("move in lockstep, and no request fails by it", async () => {
    client.start();
    const startedMs = performance.now();
    const outcome = await deploy(2);
    expect(outcome, outcome.release?.cause?.text).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    const seconds = since(startedMs);
    await sleep(500);
    const { served, orders, failures } = client.read();
    expect(failures).toEqual([]);
    console.log(JSON.stringify({ what: "good version", seconds, served, orders, failed: failures.length }));
    expect(await liveVersions()).toEqual(["2"]);
    expect(Object.keys(orders).sort()).toEqual(["1", "2"]);
    // The workflow reaches its step with the others, and after the function that it calls.
    const firstOrder = proxy.calls.find(({ operation }) => operation === "UpdateStateMachineAlias");
    const packing = proxy.calls.find(
      ({ operation, path }) => operation === "UpdateAlias" && path.includes("/shop-F19/"),
    );
    expect(firstOrder!.at).toBeGreaterThan(packing!.at);
    // The third write moves nothing: it puts back the stamp in the description, which the stack's pins erase.
    expect(proxy.calls.filter(({ operation }) => operation === "UpdateStateMachineAlias")).toHaveLength(3);

    // Every alias is at the step before any is promoted, and callees move before their callers.
    const written = movedAliases();
    expect(written).toHaveLength(SHOP_FUNCTIONS * 3);
    expect(new Set(written.slice(SHOP_FUNCTIONS * 2)).size).toBe(SHOP_FUNCTIONS);
    for (const from of [0, SHOP_FUNCTIONS]) {
      const step = written.slice(from, from + SHOP_FUNCTIONS);
      expect(new Set(step).size).toBe(SHOP_FUNCTIONS);
      const chain = ["F03", "F02", "F01", "F00"].map((name) => step.indexOf(`shop-${name}`));
      expect(chain).toEqual(chain.toSorted((one, other) => one - other));
    }
  });

  it("are rolled back when one of them fails more often, with no alarm configured", async () => {
    const startedMs = performance.now();
    const outcome = await deploy(3, "F07");
    expect(outcome).toMatchObject({ exitCode: 3, release: { state: "ROLLED_BACK", cause: { trigger: "analysis" } } });
    expect(outcome.release?.cause?.text).toContain("Shop/F07: the new version fails more often");
    const seconds = since(startedMs);
    await sleep(500);
    const { served, failures, badCalls } = client.read();
    expect(failures).toEqual([]);
    console.log(
      JSON.stringify({ what: "bad version", seconds, served, badCalls, cause: outcome.release?.cause?.text }),
    );
    expect(await liveVersions()).toEqual(["2"]);
  });

  it("roll back a finished release with one call each", async () => {
    // The last release has rolled itself back: going further back names the release to go to.
    const { releases } = await project.json<{ releases: readonly { id: string }[] }>("history", "--stage", "wire");
    const first = releases.at(-1)?.id ?? "";
    proxy.calls.length = 0;
    const startedMs = performance.now();
    expect(await project.json<Outcome>("rollback", first, "--stage", "wire")).toMatchObject({ exitCode: 0 });
    const seconds = since(startedMs);
    await sleep(300);
    await client.stop();
    expect(movedAliases()).toHaveLength(SHOP_FUNCTIONS);
    expect(new Set(movedAliases()).size).toBe(SHOP_FUNCTIONS);
    expect(proxy.calls.filter(({ operation }) => operation === "UpdateStateMachineAlias")).toHaveLength(1);
    const times = proxy.calls.filter(({ operation }) => operation === "UpdateAlias").map(({ at }) => at - startedMs);
    const [firstMs, lastMs] = [times[0]!, times.at(-1)!].map(Math.round);
    console.log(JSON.stringify({ what: "rollback", seconds, calls: times.length, firstMs, lastMs }));
    expect(await liveVersions()).toEqual(["1"]);
    expect(client.read().failures).toEqual([]);
  });
});

/** Deploys a version of the app, in which one function may be bad. */
async function deploy(version: number, bad?: string): Promise<Outcome> {
  writeShop(project, { endpoint: proxy.endpoint, version, bad });
  proxy.calls.length = 0;
  return project.json<Outcome>("deploy", "--real-time", "--stage", "wire");
}

function since(startedMs: number): number {
  return Math.round((performance.now() - startedMs) / 100) / 10;
}

/** Names of the functions whose aliases were written, in the order of the calls. */
function movedAliases(): string[] {
  return proxy.calls.filter(({ operation }) => operation === "UpdateAlias").map(({ path }) => path.split("/")[3]!);
}

/** The versions that serve all traffic of some function; none may be split. */
async function liveVersions(): Promise<string[]> {
  const { aliases } = await project.json<Status>("status", "--stage", "wire");
  expect(aliases.filter(({ live }) => live.additional !== undefined)).toEqual([]);
  return [...new Set(aliases.map(({ live }) => live.primary.split(":").at(-1)!))];
}
