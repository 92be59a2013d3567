import { type PairedMinute, testErrorProportion } from "../../lib/release/analysis/sequential-test.ts";

/** The traffic of one canary, minute by minute. */
export interface CanaryTraffic {
  readonly minutes: number;
  readonly invocationsPerMinute: number;
  /** Fraction of the traffic that the new version gets. */
  readonly share: number;
  /** Fraction of failed invocations of each version in a minute. */
  readonly errorRates: (minute: number) => { readonly next: number; readonly stable: number };
}

/** Looks at the figures after every minute. The minute of the first rejection, or undefined. */
export function firstRejection(traffic: CanaryTraffic, alpha: number, random: () => number): number | undefined {
  const seen: PairedMinute[] = [];
  for (let minute = 0; minute < traffic.minutes; minute++) {
    const rates = traffic.errorRates(minute);
    const invocations = binomial(traffic.invocationsPerMinute, traffic.share, random);
    const rest = traffic.invocationsPerMinute - invocations;
    seen.push({
      at: minute * 60_000,
      next: { invocations, errors: binomial(invocations, rates.next, random) },
      stable: { invocations: rest, errors: binomial(rest, rates.stable, random) },
    });
    if (testErrorProportion(seen).pValue <= alpha) return minute;
  }
  return undefined;
}

/** A binomial number, by skipping from success to success. */
export function binomial(trials: number, chance: number, random: () => number): number {
  if (chance <= 0 || trials <= 0) return 0;
  if (chance > 0.5) return trials - binomial(trials, 1 - chance, random);
  const scale = Math.log(1 - chance);
  let count = 0;
  for (let at = 0; ; count++) {
    at += Math.floor(Math.log(1 - random()) / scale) + 1;
    if (at > trials) return count;
  }
}
