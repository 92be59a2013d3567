import type { DeployReport } from "../deploy/deploy.ts";
import { TidegateError } from "../errors.ts";
import { escapeControls } from "../util/escape-controls.ts";
import { formatCount } from "../util/format-count.ts";

/** What a person reads after a deploy: the outcome of each stack, the release, and the outputs. */
export function renderDeploy(report: DeployReport, stage: string, durationMs: number): string[] {
  const seconds = (durationMs / 1000).toFixed(1);
  if (report.unchanged)
    return [
      `Nothing to do: stage ${stage} is up to date (${seconds} s).`,
      ...(report.handedTo === undefined ? [] : renderRelease(report)),
      ...renderOutputs(report),
    ];
  return [
    ...report.stacks.map(({ displayName, outcome }) => `${displayName}: ${outcome}`),
    ...renderRelease(report),
    ...renderFailure(report),
    `Stage ${stage}, ${seconds} s, ${formatCount(report.assets.uploaded, "asset")} uploaded.`,
    ...renderOutputs(report),
  ];
}

function renderRelease({ release, handedTo }: DeployReport): string[] {
  if (release === undefined) return [];
  if (handedTo !== undefined && release.watch !== undefined) {
    const lines = [
      `Release ${release.id}: ${release.state}. Watched until ${new Date(release.watch.until).toISOString()} by ${handedTo.actor}.`,
      "See it with `tidegate status`; `abort` ends the watch, `rollback` rolls the release back.",
    ];
    return lines.map(escapeControls);
  }
  if (handedTo !== undefined) {
    const lines = [
      `Release ${release.id}: ${release.state}, left to ${handedTo.actor}.`,
      "Watch it with `tidegate status --watch`; steer it with pause, resume, promote, abort or rollback.",
    ];
    return lines.map(escapeControls);
  }
  const cause = release.cause === undefined ? "" : ` by ${release.cause.trigger}: ${release.cause.text}`;
  const lines = [`Release ${release.id}: ${release.state}${cause}`];
  for (const { path, reason } of release.stragglers) lines.push(`  ${path} could not be rolled back: ${reason}`);
  return lines.map(escapeControls);
}

function renderFailure({ failure, exitCode }: DeployReport): string[] {
  if (failure === undefined || exitCode === 0) return [];
  if (!(failure instanceof TidegateError)) return [escapeControls((failure as Error).message)];
  return [
    escapeControls(failure.message),
    ...(failure.fix === undefined ? [] : [`  → ${escapeControls(failure.fix)}`]),
  ];
}

function renderOutputs({ stacks }: DeployReport): string[] {
  return stacks.flatMap(({ displayName, outputs }) =>
    Object.entries(outputs).map(([name, value]) => escapeControls(`${displayName}.${name} = ${value}`)),
  );
}
