/**
 * Rehearses releases on the simulated AWS for the given time, and reports how many went through:
 *
 *     npm run soak -- --minutes 30 --seed 1
 *     npm run soak -- --schedules 5000
 *
 * For two fifths of the time, drivers are killed before and after every side effect of a release of three functions and
 * a state machine, in another order of turns for each seed, and so is the driver that resumes the release. Two fifths
 * are random schedules of one to four deployers with kills, freezes, outages, faults and mishaps. The rest are random
 * schedules of an app that is deployed from templates to the simulated CloudFormation. An oracle checks every
 * transition. The first violation ends the run and prints the events that led to it. `--record` writes the figures into
 * docs/reliability.md.
 *
 *     npm run soak -- --changes 10000 --seed 1
 *
 * deploys random changes one after another, each of them twice: what is live must be what is deployed, and the second
 * deploy must do nothing.
 */
import { sample } from "fast-check";
import { parseArgs } from "node:util";
import { randomNumbers } from "../test/release/random-choice.ts";
import { type Kill, RECOVERIES, rehearseKill, sideEffects } from "../test/release/rehearse-kill.ts";
import { rehearseChanges } from "../test/release/random-changes.ts";
import { rehearseShop, SHOP_SCHEDULES, type ShopSchedule } from "../test/release/rehearse-shop.ts";
import { rehearseSchedule, type Schedule, SCHEDULES } from "../test/release/rehearse-schedule.ts";
import { recordSection } from "./record-section.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    schedules: { type: "string" },
    changes: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    record: { type: "boolean", default: false },
  },
});
const budgetMs = Number(values.minutes) * 60_000;
const limit = values.schedules === undefined ? Number.POSITIVE_INFINITY : Number(values.schedules);
const firstSeed = Number(values.seed);

/** fast-check makes its first values small and odd on purpose: each seed is drawn from many times. */
const DRAWS = 100;

const kills = { seeds: 0, points: 0, rehearsed: 0, doubled: 0 };
const count = { schedules: 0, deployers: 0, kills: 0, freezes: 0, outages: 0, faults: 0, mishaps: 0 };
const shops = { schedules: 0, rounds: 0, byHand: 0, cancelled: 0, nested: 0, kills: 0, faults: 0 };
const startedMs = performance.now();

if (values.changes === undefined) {
  const endOf = (part: number) =>
    limit === Number.POSITIVE_INFINITY ? startedMs + budgetMs * part : Number.POSITIVE_INFINITY;
  await sweepKills(endOf(0.4));
  await drawSchedules(endOf(0.8));
  await drawShops(endOf(1));
  report();
} else {
  await sweepChanges(Number(values.changes));
}

async function sweepChanges(changes: number): Promise<void> {
  const done = await rehearseChanges(firstSeed, changes).catch((error: unknown) => fail({ error: String(error) }));
  const minutes = Number(((performance.now() - startedMs) / 60_000).toFixed(1));
  console.log(JSON.stringify({ minutes, firstSeed, ...done, violations: 0 }));
}

/** Whole sweeps only, one at least: every kill point, every recovery. */
async function sweepKills(end: number): Promise<void> {
  for (let seed = firstSeed; kills.seeds === 0 || (performance.now() < end && kills.rehearsed < limit); seed++) {
    const effects = await sideEffects(seed);
    const random = randomNumbers(seed);
    for (let effect = 0; effect < effects.length; effect++) {
      for (const when of ["before", "after"] as const) {
        for (const recovery of RECOVERIES) {
          const second = { effect: Math.floor(random() * 40), when: random() < 0.5 ? "before" : "after" } as const;
          await sweepKill({ effect, when, recovery, seed }, effects);
          await sweepKill({ effect, when, recovery, seed, second }, effects);
        }
      }
    }
    kills.seeds += 1;
    kills.points = Math.max(kills.points, effects.length * 2);
  }
}

async function sweepKill(kill: Kill, effects: readonly string[]): Promise<void> {
  await rehearseKill(kill, effects).catch((error: unknown) => fail({ kill, error: String(error) }));
  kills.rehearsed += 1;
  if (kill.second !== undefined) kills.doubled += 1;
}

async function drawSchedules(end: number): Promise<void> {
  for (let seed = firstSeed; performance.now() < end && count.schedules < limit; seed++) {
    for (const [index, schedule] of sample(SCHEDULES, { seed, numRuns: DRAWS }).entries()) {
      if (performance.now() >= end || count.schedules >= limit) break;
      await rehearseSchedule(schedule).catch((error: unknown) => fail({ seed, index, schedule, error: String(error) }));
      tally(schedule);
    }
  }
}

async function drawShops(end: number): Promise<void> {
  for (let seed = firstSeed; performance.now() < end && shops.schedules < limit; seed++) {
    for (const [index, schedule] of sample(SHOP_SCHEDULES, { seed, numRuns: DRAWS }).entries()) {
      if (performance.now() >= end || shops.schedules >= limit) break;
      await rehearseShop(schedule).catch((error: unknown) => fail({ seed, index, schedule, error: String(error) }));
      tallyShop(schedule);
    }
  }
}

function tallyShop({ rounds }: ShopSchedule): void {
  const count = (counts: (round: ShopSchedule["rounds"][number]) => boolean) => rounds.filter(counts).length;
  shops.schedules += 1;
  shops.rounds += rounds.length;
  shops.byHand += count(({ byHand }) => byHand !== "nothing");
  shops.cancelled += count(({ cancelAfterMs }) => cancelAfterMs !== undefined);
  shops.nested += count(({ shop }) => shop.nested !== undefined);
  shops.kills += count(({ killAt }) => killAt !== undefined);
  shops.faults += count(({ fault }) => fault !== undefined);
}

function tally({ deployers, faults, mishaps }: Schedule): void {
  count.schedules += 1;
  count.deployers += deployers.length;
  count.kills += deployers.filter(({ killAt }) => killAt !== undefined).length;
  count.freezes += deployers.filter(({ freezeAt }) => freezeAt !== undefined).length;
  count.outages += deployers.filter(({ outage }) => outage !== undefined).length;
  count.faults += faults.length;
  count.mishaps += mishaps.length;
}

function fail(what: object): never {
  console.error(JSON.stringify(what, undefined, 2));
  process.exit(1);
}

function report(): void {
  const minutes = (performance.now() - startedMs) / 60_000;
  console.log(
    JSON.stringify({
      minutes: Number(minutes.toFixed(1)),
      firstSeed,
      killed: kills,
      random: count,
      shops,
      violations: 0,
    }),
  );
  if (!values.record) return;
  const number = (count: number) => count.toLocaleString("en-US");
  const rows: [string, number][] = [
    [`kill points (before and after each side effect) of one release`, kills.points],
    [`seeds, each with every kill point and the verbs ${RECOVERIES.join(", ")}`, kills.seeds],
    ["killed releases resumed", kills.rehearsed],
    ["… of which the next driver was killed too", kills.doubled],
    ["random schedules", count.schedules],
    ["… deployers in them", count.deployers],
    ["… kills, freezes past the lease and shorter", count.kills + count.freezes],
    ["… network outages and expired tokens", count.outages],
    ["… throttles, lost replies, drops", count.faults],
    ["… alarms, metrics, hooks, stacks and foreign moves gone wrong", count.mishaps],
    ["random schedules of an app from templates", shops.schedules],
    ["… deploys in them, each resumed by another driver", shops.rounds],
    ["… of which with a nested stack", shops.nested],
    ["… aliases, pins and parameters changed by hand before", shops.byHand],
    ["… stack updates cancelled, where one ran", shops.cancelled],
    ["… kills", shops.kills],
    ["… throttles, lost replies, drops", shops.faults],
    ["**violations of an invariant**", 0],
  ];
  const head = `\`npm run soak -- --minutes ${values.minutes} --seed ${firstSeed}\`, ${minutes.toFixed(0)} minutes on a shared machine:`;
  recordSection(
    "soak",
    `${head}\n\n| what | how many |\n| --- | ---: |\n${rows.map(([what, many]) => `| ${what} | ${number(many)} |`).join("\n")}`,
  );
}
