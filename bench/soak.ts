/**
 * Rehearses random releases for as long as it is told, and says how many went through:
 *
 *     node bench/soak.ts --minutes 10 --seed 1
 *
 * Each schedule is one to four deployers with kills, freezes, faults and mishaps on the simulated AWS; the oracle
 * watches after every transition. The first violation ends the run with the schedule that led to it.
 */
import { sample } from "fast-check";
import { parseArgs } from "node:util";
import { rehearseSchedule, type Schedule, SCHEDULES } from "../test/release/rehearse-schedule.ts";

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? 1);
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000_000);
const end = performance.now() + minutes * 60_000;
const count = { schedules: 0, deployers: 0, kills: 0, freezes: 0, faults: 0, mishaps: 0 };

/** fast-check makes its first values small and odd on purpose: each seed is drawn from many times. */
const DRAWS = 100;

for (let seed = firstSeed; performance.now() < end; seed++) {
  for (const [index, schedule] of sample(SCHEDULES, { seed, numRuns: DRAWS }).entries()) {
    if (performance.now() >= end) break;
    await rehearse(schedule, seed, index);
  }
}
console.log(JSON.stringify({ minutes, firstSeed, ...count, violations: 0 }));

async function rehearse(schedule: Schedule, seed: number, index: number): Promise<void> {
  try {
    await rehearseSchedule(schedule);
  } catch (error) {
    console.error(JSON.stringify({ seed, index, schedule, error: String(error) }, undefined, 2));
    process.exit(1);
  }
  count.schedules += 1;
  count.deployers += schedule.deployers.length;
  count.kills += schedule.deployers.filter(({ killAt }) => killAt !== undefined).length;
  count.freezes += schedule.deployers.filter(({ freezeAt }) => freezeAt !== undefined).length;
  count.faults += schedule.faults.length;
  count.mishaps += schedule.mishaps.length;
}
