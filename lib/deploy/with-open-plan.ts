import { AbortError, UserError } from "../errors.ts";
import { openPlan, type OpenPlan, type PlanOutcome, type ReleasePorts } from "../release/engine.ts";
import type { DesiredStack } from "./app-stacks.ts";
import { digestPlan, type DeployOrigin } from "./release-plan.ts";
import type { Target } from "./target.ts";

/** Who plans what, and where. */
interface Planner {
  readonly origin: DeployOrigin;
  readonly parameters: Readonly<Record<string, string>>;
  readonly holder: { readonly name: string };
  readonly target: Target;
  readonly signal: AbortSignal;
}

/**
 * Writes the plan into the journal before the deploy reads or asks anything, and closes it with the outcome. A deploy
 * that is killed in between is known to every verb.
 */
export async function withOpenPlan<T>(
  desired: readonly DesiredStack[],
  app: string,
  ports: ReleasePorts,
  { origin, parameters, holder, target, signal }: Planner,
  work: (plan: OpenPlan) => Promise<T>,
): Promise<T> {
  const templateDigest = digestPlan(desired, parameters);
  const { actor, commit } = origin;
  const options = { app, stage: target.stage, actor, commit, templateDigest, holder: holder.name };
  const plan = await openPlan(ports, options);
  try {
    return await work(plan);
  } catch (error) {
    await plan.close(outcomeOf(error, signal), error instanceof Error ? error.message : String(error));
    throw error;
  }
}

function outcomeOf(error: unknown, signal: AbortSignal): PlanOutcome {
  if (signal.aborted) return "stopped";
  if (error instanceof AbortError) return error.code === "ApprovalNeeded" ? "declined" : "stopped";
  return error instanceof UserError ? "refused" : "failed";
}
