import type { RolloutPolicy, RolloutStep } from "./release-metadata.ts";

/** The names that CodeDeploy's and SAM's users know. */
export const POLICY_NAMES = [
  "AllAtOnce",
  "Canary10Percent5Minutes",
  "Canary10Percent10Minutes",
  "Canary10Percent15Minutes",
  "Canary10Percent30Minutes",
  "Linear10PercentEvery1Minute",
  "Linear10PercentEvery2Minutes",
  "Linear10PercentEvery3Minutes",
  "Linear10PercentEvery10Minutes",
] as const;

/** One of the field's names for policies. */
export type PolicyName = (typeof POLICY_NAMES)[number];

/** The policy of a name: a predefined one, or one of the same form with other numbers. Undefined for other names. */
export function tryNamedPolicy(name: string): Pick<RolloutPolicy, "name" | "steps"> | undefined {
  if (name === "AllAtOnce") return { name, steps: [] };
  const [, kind, percentText, minutes] = /^(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?$/.exec(name) ?? [];
  const percent = Number(percentText);
  const bakeMs = Number(minutes) * 60_000;
  if (kind === undefined || percent < 1 || percent > 99) return undefined;
  return { name, steps: kind === "Canary" ? [{ percent, bakeMs }] : linearSteps(percent, bakeMs) };
}

/** Steps of `percent`, `2 × percent`, … below 100; at least one. */
export function linearSteps(percent: number, bakeMs: number): RolloutStep[] {
  const count = Math.max(1, Math.ceil(100 / percent) - 1);
  return Array.from({ length: count }, (_, index) => ({ percent: percent * (index + 1), bakeMs }));
}
