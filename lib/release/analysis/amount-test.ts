import type { MeasuredMinute } from "../ports/ports.ts";
import { logMean, resultOf, type SequentialResult } from "./sequential-test.ts";

/** How many times greater one side's mean may be, beyond what is tolerated; each gets the same prior weight. */
const RELATIVE_MEANS = [1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10, 100] as const;

/**
 * Tests whether the mean amount of a unit is greater on one side than `tolerated` times the other side's: failures over
 * calls, milliseconds over observations.
 *
 * With amounts within 0 and 1, r the relative mean, t what is tolerated, n and m the units of both sides: let
 * a = r(tn + m) / (rtn + m) and b = (tn + m) / (rtn + m). The evidence of a minute is a to the power of one side's amount,
 * times b to the power of the other's. As c^v ≤ 1 + v(c − 1) for v within 0 and 1, its mean is at most
 * exp(np(a − 1) + mq(b − 1)) for mean amounts p and q, which is 1 for p = tq and less for a smaller p. So the product over
 * the minutes is a test supermartingale, by Ville's inequality valid at every look, and so is the mixture over r.
 *
 * Amounts are divided by the greatest of the minute, of both sides together. That greatest is known from the pooled
 * amounts alone. Versions that are alike share them out at random, without replacement: the indicators of who got which
 * are negatively associated, and log(1 − s + s·c^v) is convex in v, so the mean stays at most 1 (s the share of the side).
 */
export function testAmounts(
  suspect: readonly MeasuredMinute[],
  other: readonly MeasuredMinute[],
  tolerated: number,
): SequentialResult {
  const byMinute = new Map(other.map((minute) => [minute.at, minute]));
  const pairs = suspect.flatMap((minute) => {
    const beside = byMinute.get(minute.at);
    return beside === undefined || minute.units <= 0 || beside.units <= 0 ? [] : [[minute, beside] as const];
  });
  const logs = RELATIVE_MEANS.map((mean) =>
    pairs.reduce((sum, [one, beside]) => sum + logEvidence(one, beside, tolerated, mean), 0),
  );
  return resultOf(logMean(logs));
}

function logEvidence(suspect: MeasuredMinute, other: MeasuredMinute, tolerated: number, mean: number): number {
  const greatest = Math.max(1, suspect.greatest, other.greatest);
  const total = tolerated * suspect.units + other.units;
  const weighted = mean * tolerated * suspect.units + other.units;
  return (
    (suspect.amount / greatest) * Math.log((mean * total) / weighted) +
    (other.amount / greatest) * Math.log(total / weighted)
  );
}

/** Parts of the evidence that each minute stakes. */
const STAKES = [0.3, 0.6, 0.9, 1] as const;

/**
 * Tests whether one side's value is beyond the other's in more than half of the minutes: for values of which only one
 * number per minute is known. The product of 1 ± stake is a test supermartingale as long as a minute is beyond at most
 * as often as not, for any distribution of the values (a sequential sign test).
 */
export function testMinutes(beyond: readonly boolean[]): SequentialResult {
  const logs = STAKES.map((stake) =>
    beyond.reduce((sum, isBeyond) => sum + Math.log(isBeyond ? 1 + stake : 1 - stake), 0),
  );
  return resultOf(logMean(logs));
}
