import { POLICY_NAMES } from "../assembly/named-policy.ts";
import type { RolloutPolicy } from "../assembly/release-metadata.ts";

/** A policy in CodeDeploy's words: one of its own configurations, or what a custom one says. */
export type CodeDeployConfig =
  | { readonly kind: "standard"; readonly name: string }
  | { readonly kind: "canary" | "linear"; readonly percent: number; readonly minutes: number };

const MINUTE_MS = 60_000;
/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html: a Lambda deployment lasts 48 hours at most. */
const LONGEST_MINUTES = 48 * 60;

/** All traffic at once, for any policy. */
export const ALL_AT_ONCE: CodeDeployConfig = { kind: "standard", name: "CodeDeployDefault.LambdaAllAtOnce" };

/** The configuration that a policy means, or why CodeDeploy cannot run it. */
export function toCodeDeployConfig({ name, steps }: RolloutPolicy): CodeDeployConfig | { readonly problem: string } {
  if (steps.length === 0) return ALL_AT_ONCE;
  if ((POLICY_NAMES as readonly string[]).includes(name))
    return { kind: "standard", name: `CodeDeployDefault.Lambda${name}` };
  const [{ percent, bakeMs }] = steps as [RolloutPolicy["steps"][number]];
  const minutes = bakeMs / MINUTE_MS;
  const isEven = steps.every((step, index) => step.percent === percent * (index + 1) && step.bakeMs === bakeMs);
  const isWhole = Number.isInteger(percent) && Number.isInteger(minutes) && minutes >= 1;
  if (!isEven || (steps.length > 1 && percent * (steps.length + 1) < 100)) {
    return {
      problem: "CodeDeploy knows one step, or equal steps up to 100 percent. Take Rollout.canary or Rollout.linear.",
    };
  }
  if (!isWhole) {
    return {
      problem: `CodeDeploy takes whole percents and whole minutes; given were ${percent} percent and ${minutes} minutes.`,
    };
  }
  if (minutes * steps.length > LONGEST_MINUTES) {
    return {
      problem: `CodeDeploy gives a deployment 48 hours; these steps take ${(minutes * steps.length) / 60} hours.`,
    };
  }
  return { kind: steps.length === 1 ? "canary" : "linear", percent, minutes };
}
