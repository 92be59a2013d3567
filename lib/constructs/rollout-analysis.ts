import { Duration } from "aws-cdk-lib";
import type { AnalysisPolicy, LatencyPolicy } from "../assembly/release-metadata.ts";
import type { RolloutComparison } from "./rollout-comparison.ts";
import type { RolloutShape } from "./rollout-policy.ts";

/** How the durations of the new versions are judged. */
export interface LatencyOptions {
  /**
   * How much slower counts as alike: a fraction on top of the stable version's p50, p90 and p99 in the hour before the
   * release. A new version that exceeds one of them more often than the stable version does in the same minutes fails.
   * @default 0.1
   */
  readonly tolerance?: number;
  /**
   * What half of the invocations must not exceed, regardless of the stable version.
   * @default - no ceiling
   */
  readonly maxP50?: Duration;
  /**
   * What nine of ten invocations must not exceed.
   * @default - no ceiling
   */
  readonly maxP90?: Duration;
  /**
   * What 99 of 100 invocations must not exceed.
   * @default - no ceiling
   */
  readonly maxP99?: Duration;
}

/** How the new versions are judged against the stable ones. */
export interface AnalysisOptions {
  /**
   * Invocations of the new version that a step needs before it can pass.
   * @default 50
   */
  readonly minInvocations?: number;
  /**
   * Fraction of failed invocations, and of requests answered with 500 or above, that fails the analysis regardless of
   * the stable version.
   * @default - no ceiling
   */
  readonly maxErrorRate?: number;
  /**
   * Fraction of an alias's invocations that may be throttled.
   * @default - throttles are not judged
   */
  readonly maxThrottleRate?: number;
  /**
   * A service level objective: the fraction of invocations, and of requests, that must not fail. A new version that
   * burns the error budget faster than `maxBurnRate` allows fails, regardless of the stable version. A burn rate of 1
   * uses the budget up exactly over the objective's period; `maxBurnRate` is 14.4 by default, 2 % of a month's budget in an
   * hour (Google, The Site Reliability Workbook, chapter 5).
   * @default - no objective
   */
  readonly slo?: { readonly objective: number; readonly maxBurnRate?: number };
  /**
   * Judges durations; false for not at all.
   * @default - compared with a tolerance of a tenth, without ceilings
   */
  readonly latency?: LatencyOptions | false;
  /**
   * CloudWatch metrics and metric expressions of single versions, as `Rollout.compare` returns them: each new version is
   * compared with its stable one over the same minutes.
   * @default - none
   */
  readonly comparisons?: readonly RolloutComparison[];
  /**
   * How often a release of healthy versions may be rolled back: a fraction, over everything that is judged and every look.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
  /**
   * How long a step may be extended while evidence is missing.
   * @default Duration.hours(1)
   */
  readonly maxWait?: Duration;
  /**
   * What happens when there is still no verdict.
   * @default "pause"
   */
  readonly onInconclusive?: AnalysisPolicy["onInconclusive"];
  /**
   * What happens with a function that is not called often enough to be judged, by what its stable version sees: it
   * passes after the bake (`pass`), or the step is extended (`wait`).
   * @default "pass"
   */
  readonly onQuiet?: AnalysisPolicy["onQuiet"];
}

/** The policy of the options; undefined where nothing is judged. */
export function analysisPolicy(
  options: AnalysisOptions | false | undefined,
  shape: RolloutShape,
): AnalysisPolicy | undefined {
  if (options === false || (options === undefined && shape.steps.length === 0)) return undefined;
  const { maxErrorRate, maxThrottleRate, slo, onQuiet, latency } = options ?? {};
  return {
    minInvocations: options?.minInvocations ?? 50,
    ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
    ...(maxThrottleRate === undefined ? {} : { maxThrottleRate }),
    ...(slo === undefined ? {} : { slo: { objective: slo.objective, maxBurnRate: slo.maxBurnRate ?? 14.4 } }),
    ...(latency === false ? {} : { latency: latencyPolicy(latency) }),
    falseAlarmRate: options?.falseAlarmRate ?? 0.01,
    maxWaitMs: (options?.maxWait ?? Duration.hours(1)).toMilliseconds(),
    onInconclusive: options?.onInconclusive ?? "pause",
    ...(onQuiet === undefined ? {} : { onQuiet }),
  };
}

function latencyPolicy({ tolerance = 0.1, maxP50, maxP90, maxP99 }: LatencyOptions = {}): LatencyPolicy {
  return {
    tolerance,
    ...(maxP50 === undefined ? {} : { maxP50Ms: maxP50.toMilliseconds() }),
    ...(maxP90 === undefined ? {} : { maxP90Ms: maxP90.toMilliseconds() }),
    ...(maxP99 === undefined ? {} : { maxP99Ms: maxP99.toMilliseconds() }),
  };
}
