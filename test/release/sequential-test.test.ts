import { describe, expect, test } from "vitest";
import { pairMinutes, testErrorProportion } from "../../lib/release/analysis/sequential-test.ts";
import { countFalseAlarms, measureDetection, paperTest } from "./canary-study.ts";
import { HEALTHY, steadyTraffic } from "./canary-traffic.ts";
import { randomNumbers } from "./random-choice.ts";

// `npm run bench:analysis` measures the same at length; its tables stand in docs/reliability.md.
const FALSE_ALARM_RATE = 0.01;

describe("10,000 healthy releases of three functions, looked at every minute", () => {
  const short = Object.entries(HEALTHY).filter(([, { minutes }]) => minutes <= 15);
  test.each(short)("%s: the false alarm rate keeps its promise", (name, traffic) => {
    const study = { traffic, functions: 3, falseAlarmRate: FALSE_ALARM_RATE, releases: 10_000, seed: 20_260_101 };
    const rate = countFalseAlarms(study);
    console.log(`${name}: ${(rate * 100).toFixed(2)} % false alarms, ${FALSE_ALARM_RATE * 100} % promised`);
    expect(rate).toBeLessThanOrEqual(FALSE_ALARM_RATE);
  });

  test("a naive test looked at as often would not keep it", () => {
    const random = randomNumbers(7);
    let alarms = 0;
    for (let release = 0; release < 1000; release++) if (naiveRejects(random)) alarms++;
    expect(alarms / 1000).toBeGreaterThan(FALSE_ALARM_RATE * 3);
  });
});

/** A one-sided z-test on the totals, repeated every minute: what the sequential test is there to replace. */
function naiveRejects(random: () => number): boolean {
  const total = { next: 0, stable: 0, nextErrors: 0, stableErrors: 0 };
  for (let minute = 0; minute < 60; minute++) {
    for (let call = 0; call < 200; call++) {
      const failed = random() < 0.05 ? 1 : 0;
      if (random() < 0.5) [total.next, total.nextErrors] = [total.next + 1, total.nextErrors + failed];
      else [total.stable, total.stableErrors] = [total.stable + 1, total.stableErrors + failed];
    }
    const pooled = (total.nextErrors + total.stableErrors) / (total.next + total.stable);
    const spread = Math.sqrt(pooled * (1 - pooled) * (1 / total.next + 1 / total.stable));
    if ((total.nextErrors / total.next - total.stableErrors / total.stable) / spread > 2.326) return true;
  }
  return false;
}

describe("a new version that fails more often is found", () => {
  test.each([
    [0.01, 0.001, 0.1, 1000, 1800],
    [0.02, 0.001, 0.1, 420, 700],
    [0.05, 0.001, 0.1, 130, 260],
    [0.1, 0.001, 0.1, 120, 130],
    [0.2, 0.001, 0.1, 120, 130],
    [0.05, 0.001, 0.01, 80, 170],
    [0.2, 0.001, 0.01, 25, 45],
    [0.05, 0.001, 0.5, 550, 560],
    [0.05, 0.01, 0.1, 350, 700],
    [0.1, 0.01, 0.1, 150, 300],
  ])("%f failed against %f at a share of %f: half are found within %i invocations, nine of ten within %i", (...row) => {
    const [next, stable, share, half, nine] = row;
    const traffic = steadyTraffic({ share, next, stable, minutes: 600 });
    const needed = measureDetection({
      traffic,
      functions: 3,
      falseAlarmRate: FALSE_ALARM_RATE,
      releases: 400,
      seed: 42,
    });
    console.log(`${next * 100} % against ${stable * 100} %: median ${needed[200]}, nine of ten ${needed[360]}`);
    expect(needed[200]).toBeLessThanOrEqual(half);
    expect(needed[360]).toBeLessThanOrEqual(nine);
  });

  test("about as soon as the paper's own test finds it, and with no more false alarms", () => {
    const study = { functions: 1, falseAlarmRate: FALSE_ALARM_RATE, releases: 1000, seed: 7 };
    for (const share of [0.01, 0.1, 0.5]) {
      const bad = steadyTraffic({ share, next: 0.02, stable: 0.001, minutes: 600 });
      const ours = measureDetection({ ...study, traffic: bad });
      const paper = measureDetection({ ...study, traffic: bad, test: paperTest });
      expect(ours[500]!, `share ${share}`).toBeLessThanOrEqual(paper[500]! * 1.4);
    }
    const healthy = steadyTraffic({ share: 0.1, next: 0.01, stable: 0.01 });
    const ours = countFalseAlarms({ ...study, traffic: healthy, releases: 5000 });
    const paper = countFalseAlarms({ ...study, traffic: healthy, releases: 5000, test: paperTest });
    expect(Math.max(ours, paper)).toBeLessThanOrEqual(FALSE_ALARM_RATE);
  });
});

describe("the e-value", () => {
  test("is 1 without errors, and without both versions in a minute", () => {
    const next = [{ at: 0, invocations: 100, errors: 0 }];
    expect(testErrorProportion(pairMinutes(next, [{ at: 0, invocations: 900, errors: 0 }])).pValue).toBe(1);
    expect(testErrorProportion(pairMinutes([{ at: 0, invocations: 100, errors: 100 }], [])).pValue).toBe(1);
  });

  test("never has a mean above 1 when the versions are alike, to the last digit", () => {
    for (const [invocations, rest, errors] of [
      [10, 90, 5],
      [3, 5, 8],
      [50, 50, 20],
      [1, 30, 2],
    ] as const) {
      let mean = 0;
      for (let hit = Math.max(0, errors - rest); hit <= Math.min(errors, invocations); hit++) {
        const chance = (choose(invocations, hit) * choose(rest, errors - hit)) / choose(invocations + rest, errors);
        const minute = {
          at: 0,
          next: { invocations, errors: hit },
          stable: { invocations: rest, errors: errors - hit },
        };
        mean += chance * Math.exp(testErrorProportion([minute]).logEvidence);
      }
      expect(mean).toBeLessThanOrEqual(1 + 1e-9);
    }
  });
});

function choose(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product *= (n - k + i) / i;
  return product;
}
