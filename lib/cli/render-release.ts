import type {
  AliasShape,
  HistoryEntry,
  AliasStatus,
  Explanation,
  PruneOutcome,
  ReleaseOutcome,
  ReleaseStatus,
} from "../release/engine.ts";
import { escapeControls } from "../util/escape-controls.ts";

/** What a verb did. */
export function renderOutcome(verb: string, { release, leftTo, unchanged }: ReleaseOutcome): string[] {
  if (release === undefined) return ["There has been no release: nothing to do."];
  if (leftTo !== undefined) return [`Asked ${leftTo.actor}, who drives release ${release.id}, to ${verb}.`];
  if (unchanged) return [`Nothing to do: release ${release.id} is ${release.state}.`];
  const cause = release.cause === undefined ? "" : ` by ${release.cause.trigger}: ${release.cause.text}`;
  return [
    `Release ${release.id}: ${release.state}${cause}`,
    ...release.stragglers.map(({ path, reason }) => `  ${path} could not be brought back: ${reason}`),
  ].map(escapeControls);
}

/** Live against recorded, a line an alias. */
export function renderStatus(app: string, stage: string, status: ReleaseStatus): string[] {
  const { release, lock, driven, aliases, stacks } = status;
  if (release === undefined) return [`${app}, stage ${stage}: there has been no release.`, ...renderStacks(stacks)];
  const driver =
    lock === undefined ? "" : driven ? `, driven by ${lock.actor}` : `, its driver ${lock.actor} is silent`;
  const width = Math.max(...aliases.map(({ path }) => path.length), 0);
  return [
    `${app}, stage ${stage}: release ${release.id} is ${release.state}${driver}`,
    ...aliases.map((alias) => `  ${alias.path.padEnd(width)}  ${renderAlias(alias)}`),
    ...renderStacks(stacks),
  ].map(escapeControls);
}

/** What stays in the stacks for older versions, a line each. */
export function renderHeldBack(heldBack: readonly string[]): string[] {
  return heldBack.map((text) => escapeControls(`  held back until a release is promoted: ${text}`));
}

/** CloudFormation's status, a line a stack. */
export function renderStacks(stacks: ReadonlyMap<string, string> = new Map()): string[] {
  return [...stacks].map(([name, state]) => `  stack ${name}: ${state}`);
}

function renderAlias({ live, stable, next, problem, drifted, recorded }: AliasStatus): string {
  if (problem !== undefined) return problem;
  const drift = drifted ? `  DRIFTED: recorded is ${renderShape(recorded)}` : "";
  const goal = next === undefined || next === stable ? "" : `  (stable ${stable ?? "none"}, next ${next})`;
  return `${renderShape(live)}${goal}${drift}`;
}

function renderShape(shape: AliasShape | undefined): string {
  if (shape === undefined) return "unknown";
  if (shape.additional === undefined) return `version ${shape.primary} 100 %`;
  const { version, percent } = shape.additional;
  return `version ${shape.primary} ${100 - percent} %, version ${version} ${percent} %`;
}

/** What went, or would go, a line a member. */
export function renderPruning({ deleted, kept, skipped }: PruneOutcome, dryRun: boolean): string[] {
  const gone = Object.entries(deleted).filter(([, versions]) => versions.length > 0);
  if (gone.length === 0) return [escapeControls(`Nothing to prune${skipped === undefined ? "." : `: ${skipped}.`}`)];
  return [
    ...gone.map(
      ([path, versions]) => `${path}: ${dryRun ? "would delete" : "deleted"} versions ${versions.join(", ")}`,
    ),
    ...kept.map((version) => `${version} is needed after all, and stays`),
  ].map(escapeControls);
}

/** A line a release, newest first. */
export function renderHistory(history: readonly HistoryEntry[]): string[] {
  if (history.length === 0) return ["There has been no release."];
  return history.map(({ id, kind, state, finishedAt, actor, commit, reason, members }) => {
    const moved = members.filter(({ before, after }) => before !== after).length;
    const notes = [commit, reason].filter((note) => note !== undefined).join(", ");
    return escapeControls(
      `${new Date(finishedAt).toISOString()}  ${id}  ${kind} ${state}  ${moved} aliases moved, by ${actor}${notes === "" ? "" : ` (${notes})`}`,
    );
  });
}

/** The reasons, then everything that was journalled. */
export function renderExplanation({ release, state, reasons, failures = [], events }: Explanation): string[] {
  return [
    `Release ${release}${state === undefined ? "" : ` is ${state}`}`,
    ...reasons.map((reason) => `  ${reason}`),
    ...failures.flatMap(renderFailures),
    ...events.map(({ at, code, text }) => `  ${new Date(at).toISOString()}  ${code}  ${text}`),
  ].map(escapeControls);
}

function renderFailures({ path, version, failures, problem }: NonNullable<Explanation["failures"]>[number]): string[] {
  if (problem !== undefined) return [`  ${path}: the log of version ${version} could not be read: ${problem}`];
  return failures.flatMap(({ type, message, requestId, stack, onlyInNew, count, at }) => [
    `  ${path}, version ${version}: ${type}: ${message}${onlyInNew ? " (only the new version fails so)" : ""}`,
    `    ${count === 1 ? "once" : `${count} times`}, first at ${new Date(at).toISOString()}${requestId === undefined ? "" : `, request ${requestId}`}`,
    ...stack.slice(0, MAX_FRAMES).map((frame) => `      ${frame}`),
  ]);
}

const MAX_FRAMES = 5;
