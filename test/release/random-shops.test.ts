import { assert, asyncProperty } from "fast-check";
import { test } from "vitest";
import { FOUND_SHOP_SCHEDULES } from "./found-schedules.ts";
import { rehearseShop, SHOP_SCHEDULES, type ShopSchedule } from "./rehearse-shop.ts";

const RUNS = Number(process.env["TIDEGATE_RANDOM_RUNS"] ?? 60);

test(
  `${RUNS} random schedules of templates, hands on stacks, cancelled updates, faults and kills keep every invariant`,
  async () => {
    const seed = Number(process.env["TIDEGATE_RANDOM_SEED"] ?? Date.now() % 1_000_000_000);
    console.log(`seed ${seed}: repeat with TIDEGATE_RANDOM_SEED=${seed}`);
    const examples = FOUND_SHOP_SCHEDULES.map((schedule): [ShopSchedule] => [structuredClone(schedule)]);
    await assert(asyncProperty(SHOP_SCHEDULES, rehearseShop), {
      numRuns: RUNS,
      seed,
      examples,
      endOnFailure: process.env["TIDEGATE_RANDOM_SHRINK"] === undefined,
    });
  },
  60_000 + RUNS * 2_000,
);
