import type { AnalysisPolicy } from "../../assembly/release-metadata.ts";
import type { MetricReading } from "../ports/ports.ts";
import { type Total, totalOf } from "./total.ts";

const MINUTE_MS = 60_000;

/** How long CloudWatch may take until the figures of a minute are there. No promise: what AWS is seen to need. */
export const METRICS_LAG_MS = 2 * MINUTE_MS;

/** The present watch of one member, and the traffic that it could have had. */
export interface Watched {
  /** When the present weight was verified. */
  readonly since: number;
  /** From here on a lack of figures is a lack of calls: the watch is over, and late figures had time to arrive. */
  readonly settledAt: number;
  /** The new version's share of the traffic, greater than 0 and at most 1. */
  readonly share: number;
  readonly now: number;
}

/** Whether there is enough to judge by. `quiet`: the function is not called often enough, whichever version answers. */
export interface Evidence {
  readonly kind: "enough" | "quiet" | "missing";
  /** Calls of the new version through the alias in this watch, and all that hooks made. */
  readonly seen: Total;
  /** Calls that the new version should have had by the traffic of the alias, now and in the hour before. */
  readonly expected: number;
}

/**
 * Weighs how many calls of the new version were seen against how many there can have been. Where the alias has the
 * traffic for `minInvocations`, less than that is missing evidence, and never a pass. Where it does not, the function is
 * too quiet to judge: that is known once the watch is over and late figures are in.
 */
export function weighEvidence(reading: MetricReading, watched: Watched, policy: AnalysisPolicy): Evidence {
  const through = totalOf(reading.next, floorMinute(watched.since));
  const direct = totalOf(reading.direct ?? []);
  const seen = {
    invocations: through.invocations + direct.invocations,
    errors: through.errors + direct.errors,
  };
  const expected = expectInvocations(reading, watched);
  const needed = Math.max(1, policy.minInvocations);
  if (seen.invocations >= needed) return { kind: "enough", seen, expected };
  const isQuiet = policy.onQuiet !== "wait" && expected < needed && watched.now >= watched.settledAt;
  return { kind: isQuiet && !failsMore(reading, seen) ? "quiet" : "missing", seen, expected };
}

/** The greater of what the alias had in this watch and what it had in the hour before, by the new version's share. */
function expectInvocations({ next, stable, before = [] }: MetricReading, { since, share, now }: Watched): number {
  const inWatch = [...next, ...stable].filter(({ at }) => at >= floorMinute(since));
  const minutes = Math.max(0, now - since) / MINUTE_MS;
  const perMinute = totalOf(before).invocations / BASELINE_MINUTES;
  return Math.max(totalOf(inWatch).invocations, perMinute * minutes) * share;
}

/**
 * A few calls that fail more often than the stable version's calls let expect do not pass as quiet: they wait for more.
 */
function failsMore({ stable, before = [] }: MetricReading, seen: Total): boolean {
  if (seen.errors === 0) return false;
  const known = totalOf([...stable, ...before]);
  // One tenth of an error in one call more than was seen: without any history, one failure of one call is suspicious.
  const rate = (known.errors + 0.1) / (known.invocations + 1);
  return chanceOfAtLeast(seen.errors, seen.invocations, Math.min(1, rate)) <= SUSPICIOUS;
}

/** How unlikely the failures of a quiet function must be before they hold the release up. */
const SUSPICIOUS = 0.1;

/** The chance of at least `errors` failures among `calls`, each failing at this rate. */
function chanceOfAtLeast(errors: number, calls: number, rate: number): number {
  let term = (1 - rate) ** calls;
  let below = 0;
  for (let failed = 0; failed < errors; failed++) {
    below += term;
    term *= ((calls - failed) / (failed + 1)) * (rate / (1 - rate));
  }
  return 1 - below;
}

/** How long before the shift the traffic of the alias is looked at. */
export const BASELINE_MINUTES = 60;

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** Minutes of a reading within the hour before `from`. */
export function baselineStart(from: number): number {
  return floorMinute(from) - BASELINE_MINUTES * MINUTE_MS;
}
