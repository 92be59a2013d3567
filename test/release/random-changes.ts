import assert from "node:assert/strict";
import type { Shop } from "./shop-template.ts";
import { FIRST_SHOP, TemplatedShop } from "./templated-shop.ts";
import { randomNumbers } from "./random-choice.ts";

/** What came of many changes. */
export interface ChangeCount {
  readonly changes: number;
  /** Versions that the changes published. */
  readonly published: number;
  /** Deploys with nothing to do, and versions that they published: always 0. */
  readonly repeated: number;
}

/** A new app now and then, so that the world stays small. */
const CHANGES_PER_APP = 50;

/**
 * Deploys random changes of code, memory, parameters, queues, nested stacks and workflows one after another. After each,
 * what is live must be what is deployed, and the same deploy again must publish nothing. Throws where it does not hold.
 */
export async function rehearseChanges(seed: number, changes: number, isOver = () => false): Promise<ChangeCount> {
  const random = randomNumbers(seed);
  const count = { changes: 0, published: 0, repeated: 0 };
  let [app, shop] = await newShop();
  while (count.changes < changes && !isOver()) {
    if (count.changes > 0 && count.changes % CHANGES_PER_APP === 0) [app, shop] = await newShop();
    shop = changed(shop, random);
    const where = `seed ${seed}, change ${count.changes}: ${JSON.stringify(shop)}`;
    const before = versionsIn(app);
    const outcome = await app.deploy(shop);
    if (!outcome.unchanged)
      assert.equal(outcome.release?.state, "SUCCEEDED", `${where}: ${outcome.release?.cause?.text}`);
    app.expectNoViolations(where);
    expectLive(app, shop, where);
    const published = versionsIn(app);
    const again = await app.deploy(shop);
    assert.equal(again.unchanged, true, `${where}: deployed again`);
    assert.equal(versionsIn(app), published, `${where}: deployed again`);
    count.changes += 1;
    count.published += published - before;
    count.repeated += 1;
  }
  return count;
}

async function newShop(): Promise<[TemplatedShop, Shop]> {
  const app = new TemplatedShop();
  await app.deploy(FIRST_SHOP);
  return [app, FIRST_SHOP];
}

function changed(shop: Shop, random: () => number): Shop {
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const code = pick("a", "b", "c");
  const { nested: _nested, flow: _flow, ...plain } = shop;
  return pick<() => Shop>(
    () => ({ ...shop, functions: { ...shop.functions, list: code } }),
    () => ({ ...shop, functions: { create: code, list: code } }),
    () => ({ ...shop, memory: pick(128, 256, 512) }),
    () => ({ ...shop, mode: code }),
    () => ({ ...shop, queue: pick("first", "second", "third") }),
    () => ({ ...shop, mode: code, queue: pick("first", "second", "third") }),
    () => ({ ...shop, nested: pick("deep", "deeper") }),
    () => ({ ...shop, flow: code }),
    () => ({ ...shop, aliasDescription: code }),
    () => plain,
  )();
}

/** By the values that were asked for, and not by what anybody recorded. */
function expectLive(app: TemplatedShop, shop: Shop, where: string): void {
  const { world } = app.sim;
  for (const [name, code] of Object.entries(shop.functions)) {
    const alias = world.functions.get(name)?.aliases.get("live");
    assert.deepEqual(alias?.weights, {}, where);
    const Variables = { QUEUE: shop.queue, MODE: shop.mode ?? "a" };
    const wanted = { FunctionName: name, Code: { S3Key: code }, MemorySize: shop.memory ?? 128 };
    const live = world.contents.get(`${name}:${alias?.primary}`);
    assert.deepEqual(live, { ...wanted, Environment: { Variables } }, where);
  }
  if (shop.flow === undefined) return;
  const version = app.oracle.live()["Shop/flow"] ?? "";
  assert.equal(world.contents.get(version)?.["DefinitionString"], shop.flow, where);
}

function versionsIn(app: TemplatedShop): number {
  const { functions, machines } = app.sim.world;
  const numbers = [...functions.values()].map(({ nextVersion }) => nextVersion);
  return [...numbers, ...[...machines.values()].map(({ nextVersion }) => nextVersion)].reduce((a, b) => a + b, 0);
}
