import type { Duration } from "aws-cdk-lib";
import { linearSteps, POLICY_NAMES, type PolicyName, tryNamedPolicy } from "../assembly/named-policy.ts";
import type { RolloutPolicy, RolloutStep } from "../assembly/release-metadata.ts";
import { UserError } from "../errors.ts";

/** The field's names for policies. */
export type RolloutPolicyName = PolicyName;

/** One share of the traffic, watched for a while, then all of it. */
export interface CanaryOptions {
  /** Share of the new version: greater than 0, less than 100. */
  readonly percent: number;
  /** How long the share is watched. */
  readonly bake: Duration;
}

/** Equal shares, one after the other. */
export interface LinearOptions {
  /** What each step adds: greater than 0, less than 100. */
  readonly percent: number;
  /** How long each step is watched. */
  readonly every: Duration;
}

/** A step with the share that it gives the new version. */
export interface StepOptions {
  readonly percent: number;
  readonly bake: Duration;
}

/** A policy without the time that all traffic is watched at the end. */
export type RolloutShape = Pick<RolloutPolicy, "name" | "steps">;

/** The shape of a policy with a standard name. */
export function namedShape(name: RolloutPolicyName): RolloutShape {
  const shape = tryNamedPolicy(name);
  if (shape !== undefined) return shape;
  throw new UserError(
    "RolloutPolicyUnknown",
    `There is no rollout policy ${JSON.stringify(name)}; there are ${POLICY_NAMES.join(", ")}`,
    {
      fix: "Take one of these, or Rollout.canary, Rollout.linear or Rollout.steps.",
    },
  );
}

/** One step. */
export function canaryShape({ percent, bake }: CanaryOptions): RolloutShape {
  return stepsShape([{ percent, bake }]);
}

/** Steps of `percent`, `2 × percent`, … below 100. */
export function linearShape({ percent, every }: LinearOptions): RolloutShape {
  if (!(percent > 0)) return stepsShape([{ percent, bake: every }]);
  return { name: "Custom", steps: linearSteps(percent, every.toMilliseconds()) };
}

/** Any steps. */
export function stepsShape(steps: readonly StepOptions[]): RolloutShape {
  return { name: "Custom", steps: steps.map(toStep) };
}

function toStep({ percent, bake }: StepOptions): RolloutStep {
  return { percent, bakeMs: bake.toMilliseconds() };
}
