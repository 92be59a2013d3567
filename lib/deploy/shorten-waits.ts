import type { RolloutPolicy } from "../assembly/release-metadata.ts";
import type { ReleasePlan } from "../release/engine.ts";
import { formatDuration } from "../util/format-duration.ts";

/** The longest wait, and the longest sum of all steps' waits: seconds of the machine's time. */
const LONGEST_SECONDS = 5;
const SUM_SECONDS = 15;
/** Where steps are many, each still waits so long. */
const SHORTEST_SECONDS = 1;

/** A plan whose rollout waits no longer than a developer at a laptop wants to. */
export interface ShortenedPlan {
  readonly plan: ReleasePlan;
  /** What was shortened, in a sentence. Absent: the waits were short already. */
  readonly text?: string;
}

/**
 * Keeps the steps and weights of a rollout and shortens its waits to seconds, so that a canary can be tried on the
 * local cloud. Gates, hooks and the analysis are the same: with less traffic, the analysis has less to judge.
 * `clockSpeed` is how many seconds of the endpoint pass in one of the machine.
 */
export function shortenWaits(plan: ReleasePlan, clockSpeed: number): ShortenedPlan {
  const { policy, analysis } = plan;
  const seconds = Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, SUM_SECONDS / Math.max(1, policy.steps.length)));
  const longestMs = seconds * 1000 * clockSpeed;
  const shorten = (ms: number) => Math.min(ms, longestMs);
  const short: RolloutPolicy = {
    ...policy,
    steps: policy.steps.map((step) => ({ ...step, bakeMs: shorten(step.bakeMs) })),
    finalBakeMs: shorten(policy.finalBakeMs),
    lateFiguresMs: shorten(policy.lateFiguresMs ?? longestMs),
  };
  const waits = waitsOf(policy);
  const isJudgedLong = analysis !== undefined && (policy.finalBakeMs > 0 || analysis.maxWaitMs > longestMs);
  if (waits.length === 0 || !(isJudgedLong || waits.some((ms) => ms > longestMs))) return { plan };
  const longest = formatDuration(longestMs);
  return {
    plan: {
      ...plan,
      policy: short,
      ...(analysis === undefined ? {} : { analysis: { ...analysis, maxWaitMs: shorten(analysis.maxWaitMs) } }),
    },
    text: `On this stage each wait of ${policy.name} is at most ${longest} long. --real-time keeps the waits of the app (${describeWaits(waits)}).`,
  };
}

function waitsOf({ steps, finalBakeMs }: RolloutPolicy): readonly number[] {
  return [...steps.map(({ bakeMs }) => bakeMs), finalBakeMs].filter((ms) => ms > 0);
}

function describeWaits(waits: readonly number[]): string {
  return [...new Set(waits)].map(formatDuration).join(", ");
}
