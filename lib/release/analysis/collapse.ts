import type { FailureRate } from "../model.ts";
import type { MinuteCount } from "../ports/ports.ts";
import { logMean, resultOf, type SequentialResult } from "./sequential-test.ts";
import { totalOf } from "./total.ts";

const BLOCK_MS = 5 * 60_000;
/** Blocks with fewer calls say little about how bad it gets. */
const LEAST_CALLS = 50;
/** A version that failed this often before cannot collapse. */
const HIGHEST_CEILING = 0.8;
const LOWEST_CEILING = 0.05;
/** How many times the worst five minutes count as alike. */
const TOLERATED = 3;

/** The rate over these minutes; undefined where there were no calls. */
export function failureRate(minutes: readonly MinuteCount[]): FailureRate | undefined {
  const total = totalOf(minutes);
  if (total.invocations === 0) return undefined;
  const blocks = Map.groupBy(minutes, ({ at }) => Math.floor(at / BLOCK_MS));
  const shares = [...blocks.values()]
    .map((block) => totalOf(block))
    .filter(({ invocations }) => invocations >= LEAST_CALLS)
    .map(({ errors, invocations }) => errors / invocations);
  return { ...total, worst: Math.max(0, ...shares) };
}

/**
 * The share of failures up to which a version has not collapsed: three times the worst five minutes of the time before,
 * at least 5 %. With few calls it is higher. Undefined where the version failed too often before to collapse.
 */
export function collapseCeiling({ invocations, errors, worst }: FailureRate): number | undefined {
  const careful = (errors + 1) / (invocations + 2);
  const ceiling = Math.max(LOWEST_CEILING, TOLERATED * Math.max(worst, careful));
  return ceiling > HIGHEST_CEILING ? undefined : ceiling;
}

/** What was found of a collapse, and since when. */
export interface CollapseResult extends SequentialResult {
  /** The start of the minute from which on the data say most. */
  readonly since: number;
}

/** How far between the ceiling and certain failure the alternatives are. */
const SEVERITIES = [0.1, 0.25, 0.5, 0.75, 0.98] as const;

/**
 * Tests whether calls came to fail more often than the ceiling, from an unknown minute on.
 *
 * Each call is a Bernoulli trial with a chance that may change from minute to minute. While it stays at or below the
 * ceiling, the likelihood ratio of a greater chance is a supermartingale; so is the product from any minute on, and the
 * mixture over the minutes with weights 1/(k(k+1)), which add up to 1. The mixture is looked at again and again at no cost
 * (Ville's inequality), and finds a collapse that comes late as well (an e-detector with a prior over its start; Shin,
 * Ramdas & Rinaldo, arXiv 2203.03532, treat them in general).
 */
export function testCollapse(minutes: readonly MinuteCount[], ceiling: number): CollapseResult {
  const evidence = minutes.map((minute) => SEVERITIES.map((severity) => logRatio(minute, ceiling, severity)));
  const after = SEVERITIES.map(() => 0);
  const fromMinute: number[] = Array.from({ length: minutes.length }, () => 0);
  for (let index = minutes.length - 1; index >= 0; index--) {
    evidence[index]?.forEach((log, place) => (after[place] = (after[place] ?? 0) + log));
    fromMinute[index] = logMean(after);
  }
  // What starts later than now has seen nothing yet: it keeps its weight, with evidence 1.
  const parts = fromMinute.map((log, index) => log - Math.log((index + 1) * (index + 2)));
  const strongest = parts.reduce((best, log, index) => (log > (parts[best] ?? -Infinity) ? index : best), 0);
  const all = [...parts, -Math.log(minutes.length + 1)];
  const logEvidence = logMean(all) + Math.log(all.length);
  return { ...resultOf(logEvidence), since: minutes[strongest]?.at ?? 0 };
}

function logRatio({ invocations, errors }: MinuteCount, ceiling: number, severity: number): number {
  const chance = ceiling + (1 - ceiling) * severity;
  const failed = Math.min(errors, invocations);
  return failed * Math.log(chance / ceiling) + (invocations - failed) * Math.log((1 - chance) / (1 - ceiling));
}
