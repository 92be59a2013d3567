import { assert, asyncProperty } from "fast-check";
import { test } from "vitest";
import { FOUND_SCHEDULES } from "./found-schedules.ts";
import { rehearseSchedule, type Schedule, SCHEDULES } from "./rehearse-schedule.ts";

const RUNS = Number(process.env["TIDEGATE_RANDOM_RUNS"] ?? 250);

test(
  `${RUNS} random schedules of deployers, faults, kills, freezes and mishaps keep every invariant, and converge`,
  async () => {
    const seed = Number(process.env["TIDEGATE_RANDOM_SEED"] ?? Date.now() % 1_000_000_000);
    console.log(`seed ${seed}: repeat with TIDEGATE_RANDOM_SEED=${seed}`);
    const examples = FOUND_SCHEDULES.map((schedule): [Schedule] => [
      { wayOut: "rollback", ...structuredClone(schedule) } as unknown as Schedule,
    ]);
    await assert(asyncProperty(SCHEDULES, rehearseSchedule), {
      numRuns: RUNS,
      seed,
      examples,
      endOnFailure: process.env["TIDEGATE_RANDOM_SHRINK"] === undefined,
    });
  },
  60_000 + RUNS * 2_000,
);
