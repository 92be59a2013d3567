import type { MinuteCount } from "../ports/ports.ts";

/** What both versions did in one minute. */
export interface PairedMinute {
  readonly at: number;
  readonly next: { readonly invocations: number; readonly errors: number };
  readonly stable: { readonly invocations: number; readonly errors: number };
}

/** How strongly the data speak for "the new version fails more often". */
export interface SequentialResult {
  /** Natural logarithm of the e-value: how many times likelier the data are under a worse new version. */
  readonly logEvidence: number;
  /** The e-value's inverse, at most 1: valid at every look, however often one looks. */
  readonly pValue: number;
}

/** How many times more often the new version may fail under the alternatives; each gets the same prior weight. */
const RELATIVE_RISKS = [1.5, 2, 3, 5, 10, 30, 100, 1_000] as const;

/**
 * Tests whether the new version's error proportion is greater than the stable version's. The error rate may change
 * from minute to minute: each minute is judged given how many invocations each version had in it and how many errors
 * both had together, so only *which version* they hit counts.
 *
 * Given both, the new version's errors are hypergeometric if the versions are alike. The likelihood ratio of a
 * binomial with the odds multiplied by a relative risk is convex in that number, and the hypergeometric is smaller
 * than the binomial in the convex order (Hoeffding 1963, theorem 4), so its mean is at most 1: the product over the
 * minutes is a test supermartingale, and so is the mixture over the risks. By Ville's inequality it ever exceeds 1/α
 * with probability α at most. This is the sequential multinomial test of Lindon & Malek (arXiv 2011.03567) with a
 * discrete mixture, one-sided, used as Lindon, Sanden & Shirikian use it for canaries (arXiv 2205.14762).
 */
export function testErrorProportion(minutes: readonly PairedMinute[]): SequentialResult {
  const logs = RELATIVE_RISKS.map((risk) => minutes.reduce((sum, minute) => sum + logRatio(minute, risk), 0));
  return resultOf(logMean(logs));
}

/** Several tests of one claim as one: the mean of e-values is an e-value, so it keeps the same promise. */
export function mixEvidence(tests: readonly SequentialResult[]): SequentialResult {
  return resultOf(logMean(tests.map(({ logEvidence }) => logEvidence)));
}

/** The result of an e-value, by its natural logarithm. */
export function resultOf(logEvidence: number): SequentialResult {
  return { logEvidence, pValue: Math.min(1, Math.exp(-logEvidence)) };
}

/** Puts both versions' minutes side by side, leaving out those in which either had no data. */
export function pairMinutes(next: readonly MinuteCount[], stable: readonly MinuteCount[]): PairedMinute[] {
  const byMinute = new Map(stable.map((minute) => [minute.at, minute]));
  return next.flatMap((minute) => {
    const other = byMinute.get(minute.at);
    return other === undefined ? [] : [{ at: minute.at, next: minute, stable: other }];
  });
}

function logRatio(minute: PairedMinute, risk: number): number {
  const { next, stable } = minute;
  if (next.invocations <= 0 || stable.invocations <= 0) return 0;
  const total = next.invocations + stable.invocations;
  const weighted = risk * next.invocations + stable.invocations;
  const errors = Math.min(next.errors, next.invocations);
  const others = Math.min(stable.errors, stable.invocations);
  return errors * Math.log((risk * total) / weighted) + others * Math.log(total / weighted);
}

/** The logarithm of the mean of numbers that are given by their logarithms. */
export function logMean(logs: readonly number[]): number {
  const greatest = Math.max(...logs);
  const sum = logs.reduce((total, log) => total + Math.exp(log - greatest), 0);
  return greatest + Math.log(sum / logs.length);
}
