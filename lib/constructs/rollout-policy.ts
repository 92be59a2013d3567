import { Duration } from "aws-cdk-lib";
import type { RolloutPolicy, RolloutStep } from "../assembly/release-metadata.ts";

/** The field's names for policies. */
export type RolloutPolicyName =
  | "AllAtOnce"
  | `Canary10Percent${5 | 10 | 15 | 30}Minutes`
  | "Linear10PercentEvery1Minute"
  | `Linear10PercentEvery${2 | 3 | 10}Minutes`;

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

/** The shape that a field's name stands for. */
export function namedShape(name: RolloutPolicyName): RolloutShape {
  if (name === "AllAtOnce") return { name, steps: [] };
  const [, kind, percent, minutes] = /^(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?$/.exec(name) ?? [];
  const time = Duration.minutes(Number(minutes));
  const { steps } =
    kind === "Canary"
      ? canaryShape({ percent: Number(percent), bake: time })
      : linearShape({ percent: Number(percent), every: time });
  return { name, steps };
}

/** One step. */
export function canaryShape({ percent, bake }: CanaryOptions): RolloutShape {
  return stepsShape([{ percent, bake }]);
}

/** Steps of `percent`, `2 × percent`, … below 100. */
export function linearShape({ percent, every }: LinearOptions): RolloutShape {
  if (!(percent > 0)) return stepsShape([{ percent, bake: every }]);
  const count = Math.ceil(100 / percent) - 1;
  return stepsShape(
    Array.from({ length: Math.max(count, 1) }, (_, index) => ({ percent: percent * (index + 1), bake: every })),
  );
}

/** Any steps. */
export function stepsShape(steps: readonly StepOptions[]): RolloutShape {
  return { name: "Custom", steps: steps.map(toStep) };
}

function toStep({ percent, bake }: StepOptions): RolloutStep {
  return { percent, bakeMs: bake.toMilliseconds() };
}
