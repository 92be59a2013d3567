import type { RolloutProps } from "./rollout-props.ts";

/** Features that a rollout loses when CodeDeploy shifts its aliases. */
const ALWAYS = [
  "no lockstep: each function is a deployment of its own, and callees do not move before callers",
  "no release: no journal, no lock, no status, pause, promote, abort, rollback, history or explain",
  "no analysis: new versions are not compared with the stable ones, only alarms stop a deployment",
  "the traffic moves inside the stack update, which waits for it; a failed canary rolls the stack back",
  "an alarm without data counts as healthy",
  "a hook that is new has to be deployed before the functions that it watches change: its permission to call them comes with the stack",
  "the local cloud does not have AWS::CodeDeploy::*: this template deploys to AWS only",
] as const;

/** The words of the warning: what is lost always, and what of these properties. */
export function codeDeployWarning({ finalBake, keepVersions, notifications, analysis }: RolloutProps): string {
  const losses: string[] = [...ALWAYS];
  if (finalBake !== undefined) losses.push("finalBake: CodeDeploy does not watch after the last step");
  if (keepVersions !== undefined) losses.push("keepVersions: old versions are never deleted");
  if (notifications !== undefined)
    losses.push("notifications: CodeDeploy emits only its own events (source aws.codedeploy)");
  if (analysis !== undefined && analysis !== false) losses.push("analysis: its options have no effect");
  return `mode codeDeploy: what a rollout otherwise does and CodeDeploy does not:\n${losses.map((loss) => `- ${loss}`).join("\n")}`;
}

/** What CodeDeploy cannot do: a hook that is never called protects nothing. */
export function codeDeployProblems({ hooks = {} }: RolloutProps): string[] {
  return (["perStep", "onRollback"] as const)
    .filter((phase) => hooks[phase] !== undefined)
    .map(
      (phase) =>
        `hooks.${phase}: CodeDeploy calls hooks before and after the traffic moves, never in between or on the way back. Leave it out, or leave out mode: "codeDeploy".`,
    );
}
