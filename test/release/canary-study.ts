import { type PairedMinute, testErrorProportion } from "../../lib/release/analysis/sequential-test.ts";
import { randomNumbers } from "./random-choice.ts";

/** The traffic of one canary, minute by minute. */
export interface CanaryTraffic {
  readonly minutes: number;
  readonly invocationsPerMinute: number;
  /** Fraction of the traffic that the new version gets. */
  readonly share: number;
  /** Fraction of failed invocations of each version in a minute. */
  readonly errorRates: (minute: number) => { readonly next: number; readonly stable: number };
}

/** A test that is asked after every minute: its p-value over all that was seen so far. */
export type CanaryTest = (seen: readonly PairedMinute[], share: number) => number;

/** The product's own test. */
export const productTest: CanaryTest = (seen) => testErrorProportion(seen).pValue;

/** Many releases of the same kind. */
export interface Study {
  readonly traffic: CanaryTraffic;
  readonly releases: number;
  /** Functions in the app: the promised rate is shared out among them. */
  readonly functions: number;
  readonly falseAlarmRate: number;
  readonly seed: number;
  /** @default - the product's own */
  readonly test?: CanaryTest;
}

/** Fraction of releases in which any function was taken for worse, all of them being healthy. */
export function countFalseAlarms(study: Study): number {
  const random = randomNumbers(study.seed);
  let alarms = 0;
  for (let release = 0; release < study.releases; release++) {
    const functions = Array.from({ length: study.functions }, () => firstRejection(study, random));
    if (functions.some((rejected) => rejected !== undefined)) alarms++;
  }
  return alarms / study.releases;
}

/** How many invocations of a bad new version it took to find it, in order; `Infinity` where it was not found. */
export function measureDetection(study: Study): readonly number[] {
  const random = randomNumbers(study.seed);
  const needed = Array.from(
    { length: study.releases },
    () => firstRejection(study, random) ?? Number.POSITIVE_INFINITY,
  );
  return needed.sort((a, b) => a - b);
}

/** Looks after every minute. Invocations of the new version by the first rejection, or undefined. */
function firstRejection(study: Study, random: () => number): number | undefined {
  const { traffic, test = productTest } = study;
  const allowed = study.falseAlarmRate / study.functions;
  const seen: PairedMinute[] = [];
  let served = 0;
  for (let minute = 0; minute < traffic.minutes; minute++) {
    const rates = traffic.errorRates(minute);
    const invocations = binomial(traffic.invocationsPerMinute, traffic.share, random);
    const rest = traffic.invocationsPerMinute - invocations;
    served += invocations;
    seen.push({
      at: minute * 60_000,
      next: { invocations, errors: binomial(invocations, rates.next, random) },
      stable: { invocations: rest, errors: binomial(rest, rates.stable, random) },
    });
    if (test(seen, traffic.share) <= allowed) return served;
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

/**
 * The test as the papers write it (Lindon & Malek, arXiv 2011.03567, used in arXiv 2205.14762), to hold the product's
 * beside it: each error is a draw between the two versions, by their shares if they are alike; the Bayes factor against
 * a uniform Beta prior on the probability of the new version, two-sided, with the share as it was set.
 */
export const paperTest: CanaryTest = (seen, share) => {
  const next = seen.reduce((sum, minute) => sum + minute.next.errors, 0);
  const stable = seen.reduce((sum, minute) => sum + minute.stable.errors, 0);
  const logFactor =
    logGamma(next + 1) +
    logGamma(stable + 1) -
    logGamma(next + stable + 2) -
    next * Math.log(share) -
    stable * Math.log(1 - share);
  return Math.min(1, Math.exp(-logFactor));
};

/** ln Γ(n) of a whole number. */
function logGamma(n: number): number {
  for (let known = LOG_FACTORIALS.length; known < n; known++)
    LOG_FACTORIALS.push(LOG_FACTORIALS[known - 1]! + Math.log(known));
  return LOG_FACTORIALS[n - 1]!;
}

const LOG_FACTORIALS = [0];
