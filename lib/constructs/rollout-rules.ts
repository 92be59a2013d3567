import type { AnalysisPolicy, RolloutStep } from "../assembly/release-metadata.ts";
import { brokenRules, type Rule } from "./problems.ts";

/** What a rollout says of itself, with times in milliseconds. */
export interface CheckedRollout {
  readonly analysis?: AnalysisPolicy;
  readonly keepVersions: number;
}

const RULES: readonly Rule<CheckedRollout>[] = [
  {
    when: ({ keepVersions }) => !Number.isInteger(keepVersions) || keepVersions < 2,
    message: ({ keepVersions }) =>
      `keepVersions: ${keepVersions}. Give a whole number from 2 on: the live version and the one that a rollback returns to.`,
  },
  {
    when: ({ analysis }) => analysis !== undefined && !isFraction(analysis.falseAlarmRate),
    message: ({ analysis }) =>
      `analysis.falseAlarmRate: ${analysis?.falseAlarmRate}. Give a number within 0 and 1, such as 0.01.`,
  },
  {
    when: ({ analysis }) => analysis?.maxErrorRate !== undefined && !isFraction(analysis.maxErrorRate),
    message: ({ analysis }) =>
      `analysis.maxErrorRate: ${analysis?.maxErrorRate}. Give a number within 0 and 1, such as 0.05.`,
  },
  {
    when: ({ analysis }) => analysis?.maxThrottleRate !== undefined && !isFraction(analysis.maxThrottleRate),
    message: ({ analysis }) =>
      `analysis.maxThrottleRate: ${analysis?.maxThrottleRate}. Give a number within 0 and 1, such as 0.01.`,
  },
  {
    when: ({ analysis }) => analysis?.slo !== undefined && !isFraction(analysis.slo.objective),
    message: ({ analysis }) =>
      `analysis.slo.objective: ${analysis?.slo?.objective}. Give a number within 0 and 1, such as 0.999.`,
  },
  {
    when: ({ analysis }) => analysis?.slo !== undefined && !(analysis.slo.maxBurnRate > 0),
    message: ({ analysis }) =>
      `analysis.slo.maxBurnRate: ${analysis?.slo?.maxBurnRate}. Give a number greater than 0, such as 14.4.`,
  },
  {
    when: ({ analysis }) => analysis?.latency !== undefined && !(analysis.latency.tolerance >= 0),
    message: ({ analysis }) =>
      `analysis.latency.tolerance: ${analysis?.latency?.tolerance}. Give 0 or more, such as 0.1 for a tenth.`,
  },
  {
    when: ({ analysis }) =>
      analysis !== undefined && !(Number.isInteger(analysis.minInvocations) && analysis.minInvocations > 0),
    message: ({ analysis }) => `analysis.minInvocations: ${analysis?.minInvocations}. Give a whole number from 1 on.`,
  },
];

/** What is wrong with a rollout. */
export function rolloutProblems(rollout: CheckedRollout): string[] {
  return brokenRules(rollout, RULES);
}

/** What is wrong with the steps of a policy. */
export function stepProblems(steps: readonly RolloutStep[]): string[] {
  return steps.flatMap(({ percent, bakeMs }, index) => [
    ...(percent > 0 && percent < 100
      ? []
      : [
          `policy: step ${index + 1} has ${percent} percent. Give more than 0 and less than 100; all traffic follows the last step.`,
        ]),
    ...(percent <= (steps[index - 1]?.percent ?? -Infinity)
      ? [`policy: step ${index + 1} has ${percent} percent after ${steps[index - 1]?.percent}. Steps rise strictly.`]
      : []),
    ...(bakeMs > 0 ? [] : [`policy: step ${index + 1} is watched for ${bakeMs} ms. Give a time greater than zero.`]),
  ]);
}

function isFraction(value: number): boolean {
  return value > 0 && value < 1;
}
