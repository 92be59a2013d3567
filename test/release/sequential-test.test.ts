import { describe, expect, test } from "vitest";
import { pairMinutes, testErrorProportion } from "../../lib/release/analysis/sequential-test.ts";
import { randomNumbers } from "./random-choice.ts";
import { type CanaryTraffic, firstRejection } from "./healthy-traffic.ts";

const RELEASES = 10_000;
const FUNCTIONS = 3;
const FALSE_ALARM_RATE = 0.01;

const HEALTHY: Record<string, CanaryTraffic> = {
  "a tenth of steady traffic": steady({ share: 0.1, rate: 0.01 }),
  "half of the traffic": steady({ share: 0.5, rate: 0.02 }),
  "few invocations": steady({ share: 0.1, rate: 0.05, invocationsPerMinute: 60 }),
  "many errors": steady({ share: 0.1, rate: 0.3, invocationsPerMinute: 100 }),
  "errors that come and go for both": {
    ...steady({ share: 0.1, rate: 0 }),
    errorRates: (minute) => {
      const rate = minute % 5 === 0 ? 0.2 : 0.002;
      return { next: rate, stable: rate };
    },
  },
};

function steady(of: { share: number; rate: number; invocationsPerMinute?: number }): CanaryTraffic {
  const { share, rate, invocationsPerMinute = 1000 } = of;
  return { minutes: 15, invocationsPerMinute, share, errorRates: () => ({ next: rate, stable: rate }) };
}

describe("10,000 healthy releases of three functions, looked at every minute", () => {
  test.each(Object.keys(HEALTHY))("%s: the false alarm rate keeps its promise", (name) => {
    const random = randomNumbers(20_260_101);
    let alarms = 0;
    for (let release = 0; release < RELEASES; release++) {
      const rejected = Array.from({ length: FUNCTIONS }, () =>
        firstRejection(HEALTHY[name]!, FALSE_ALARM_RATE / FUNCTIONS, random),
      );
      if (rejected.some((minute) => minute !== undefined)) alarms++;
    }
    const rate = alarms / RELEASES;
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
    [0.01, 0.001, 2500],
    [0.02, 0.001, 1000],
    [0.05, 0.001, 400],
    [0.1, 0.001, 200],
    [0.2, 0.001, 200],
    [0.05, 0.01, 700],
    [0.1, 0.01, 300],
    [0.2, 0.01, 200],
  ])("%f failed against %f: half of the releases are stopped within %i of its invocations", (next, stable, most) => {
    const random = randomNumbers(42);
    const traffic = { ...steady({ share: 0.1, rate: 0 }), minutes: 120, errorRates: () => ({ next, stable }) };
    const found = Array.from({ length: 400 }, () => firstRejection(traffic, FALSE_ALARM_RATE / FUNCTIONS, random));
    const needed = found.map((minute) => ((minute ?? 120) + 1) * 100).sort((a, b) => a - b);
    console.log(
      `${next * 100} % against ${stable * 100} %: median ${needed[200]}, nine of ten ${needed[360]} invocations of the new version`,
    );
    expect(needed[200]).toBeLessThanOrEqual(most);
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
