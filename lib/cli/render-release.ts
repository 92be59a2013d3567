import { isWatchSilent } from "../release/watched.ts";
import type {
  AliasShape,
  HistoryEntry,
  AliasStatus,
  Explanation,
  PlanOutcome,
  PlanRecord,
  PlanStatus,
  JournalFinding,
  OldResource,
  PruneOutcome,
  Release,
  ReleaseOutcome,
  ReleaseStatus,
} from "../release/engine.ts";
import { describeOld, standingOf } from "../release/engine.ts";
import { EXIT } from "./exit-codes.ts";
import { escapeControls } from "../util/escape-controls.ts";
import { formatCount } from "../util/format-count.ts";

/** What a verb did. */
export function renderOutcome(verb: string, outcome: ReleaseOutcome): string[] {
  const { release, leftTo, unchanged, journal, givenUp, handedTo } = outcome;
  if (givenUp !== undefined) return renderGivenUp(verb, givenUp, release);
  if (outcome.exitCode === EXIT.journalLost) {
    return [`Nothing to ${verb}: the journal is lost, and the aliases do not show what was live before.`];
  }
  if (release === undefined) {
    const what = journal === "sound" ? "Nothing has been released" : "The release journal is missing";
    return [`${what}: nothing to do.`];
  }
  if (leftTo !== undefined)
    return [`Sent the request to ${verb} to ${leftTo.actor}, the driver of release ${release.id}.`];
  if (unchanged) return [`Nothing to do: release ${release.id} is ${release.state}.`, ...renderKept(verb, release)];
  const cause = release.cause === undefined ? "" : ` by ${release.cause.trigger}: ${release.cause.text}`;
  return [
    `Release ${release.id}: ${release.state}${cause}`,
    ...(handedTo === undefined ? [] : [`  watched after its success by ${handedTo.actor}`]),
    ...release.stragglers.map(({ path, reason }) => `  ${path} could not be rolled back: ${reason}`),
  ].map(escapeControls);
}

/** A release that moved no alias may have changed other resources. */
function renderKept(verb: string, { origin: { resources = [] } }: Release): string[] {
  if (verb !== "rollback" || resources.length === 0) return [];
  const first = "A rollback moves traffic, and nothing else. What the release changed stays as it is:";
  return [
    first,
    ...resources.map((name) => escapeControls(`  ${name}`)),
    "To undo it, deploy the sources from before.",
  ];
}

function renderGivenUp(verb: string, plans: readonly PlanRecord[], last: Release | undefined): string[] {
  const live = last === undefined ? "No release went before it." : `The versions of release ${last.id} are live.`;
  const further = last !== undefined && verb === "rollback" ? " Run `rollback` again to go back from there." : "";
  return [
    ...plans.map(
      ({ id, actor }) => `Deploy ${id} by ${actor} was aborted before it changed anything. No alias was moved.`,
    ),
    `${live}${further}`,
  ].map(escapeControls);
}

/** What is wrong with the journal, and what was done about it. */
export function renderTrouble({ condition, trouble }: Pick<JournalFinding, "condition" | "trouble">): string[] {
  if (trouble === undefined) return [];
  if (condition === "restorable") return [`Note: ${trouble}; its last version that matches the aliases is used.`];
  return [
    `Note: ${trouble}; the release's state was read from the aliases. Run \`rollback\` to roll them back, or \`deploy\` to continue.`,
  ];
}

/** Live against recorded, a line an alias. */
export function renderStatus(app: string, stage: string, status: ReleaseStatus): string[] {
  const { release, lock, driven, aliases, stacks, journal } = status;
  if (standingOf(status) === "journal-lost" && journal.condition !== "restorable")
    return renderUnrecorded(app, stage, status);
  const plans = status.plans.map(renderPlanned);
  if (release === undefined) {
    const none = `${app}, stage ${stage}: there has been no release.`;
    return [none, ...plans, ...renderStacks(stacks)].map(escapeControls);
  }
  const driver =
    lock === undefined ? "" : driven ? `, driven by ${lock.actor}` : `, its driver ${lock.actor} is silent`;
  const width = Math.max(...aliases.map(({ path }) => path.length), 0);
  return [
    `${app}, stage ${stage}: release ${release.id} is ${release.state}${driver}`,
    ...renderTrouble(journal),
    ...aliases.map((alias) => `  ${alias.path.padEnd(width)}  ${renderAlias(alias)}`),
    ...plans,
    ...renderVerdict(release),
    ...renderWatch(release, status.now),
    ...renderStacks(stacks),
  ].map(escapeControls);
}

function renderPlanned({ id, actor, plannedAt, dead }: PlanStatus): string {
  const since = new Date(plannedAt).toISOString();
  if (!dead) return `  deploy ${id} by ${actor} is PLANNED since ${since}: it has changed nothing yet`;
  return `  deploy ${id} by ${actor} was killed while it was PLANNED (since ${since}), and changed nothing: run \`deploy\` again, or discard it with \`abort\``;
}

/** What the last look at the gates came to, while traffic is watched or where it ended the release. */
function renderVerdict({ verdict, state }: NonNullable<ReleaseStatus["release"]>): string[] {
  if (verdict === undefined || state === "SUCCEEDED") return [];
  return [`  judged ${verdict.outcome} at ${new Date(verdict.at).toISOString()}: ${verdict.reasons.join("; ")}`];
}

/** Live against what is stamped on the aliases, where no journal can be read. */
function renderUnrecorded(app: string, stage: string, { aliases, stacks, journal, release }: ReleaseStatus): string[] {
  const width = Math.max(...aliases.map(({ path }) => path.length), 0);
  const middle = release === undefined ? "" : ` Release ${release.id} is under way.`;
  return [
    `${app}, stage ${stage}: ${journal.trouble ?? "there is no journal"}.${middle}`,
    ...renderTrouble(journal),
    ...aliases.map((alias) => `  ${alias.path.padEnd(width)}  ${renderShape(alias.live)}${renderStamp(alias)}`),
    ...renderStacks(stacks),
  ].map(escapeControls);
}

function renderStamp({ stamp }: AliasStatus): string {
  if (stamp === undefined) return "  (no release has written it)";
  return `  (stable ${stamp.stable}, by release ${stamp.release}, step ${stamp.step})`;
}

/** How the watch after the success goes. */
function renderWatch(release: NonNullable<ReleaseStatus["release"]>, now: number): string[] {
  const { watch, state } = release;
  if (watch === undefined || state !== "SUCCEEDED") return [];
  const time = (at: number) => new Date(at).toISOString();
  switch (watch.status) {
    case "watching": {
      const looked = isWatchSilent(release, now)
        ? `not checked since ${time(watch.lookedAt)}: run \`resume\` to start the driver in the account again`
        : `last looked at ${time(watch.lookedAt)}`;
      return [`  watched until ${time(watch.until)} (${watch.onFailure} on failure), ${looked}`];
    }
    case "over":
      return ["  the watch is over"];
    case "failed":
      return [`  the watch failed: ${watch.reasons?.join("; ") ?? "no reason recorded"}`];
  }
}

/** What stays in the stacks for older versions, a line each. */
export function renderHeldBack(heldBack: readonly string[]): string[] {
  return heldBack.map((text) => escapeControls(`  held back until a release is promoted: ${text}`));
}

/** What finished releases replaced and could not delete, a line each. */
export function renderOldResources(resources: readonly OldResource[]): string[] {
  return resources.map((one) => {
    const why = one.problem === undefined ? "" : ` (${one.problem})`;
    return escapeControls(`  replaced, and not deleted yet: ${describeOld(one)}${why}. Run \`deploy\` to delete it`);
  });
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
export function renderPruning({ deleted, kept, released, skipped }: PruneOutcome, dryRun: boolean): string[] {
  const gone = Object.entries(deleted).filter(([, versions]) => versions.length > 0);
  const freed = Object.entries(released).flatMap(([path, amounts]) =>
    Object.entries(amounts).map(([version, amount]) => ({ path, version, amount })),
  );
  if (gone.length + freed.length === 0)
    return [escapeControls(`Nothing to prune${skipped === undefined ? "." : `: ${skipped}.`}`)];
  return [
    ...gone.map(
      ([path, versions]) => `${path}: ${dryRun ? "would delete" : "deleted"} versions ${versions.join(", ")}`,
    ),
    ...freed.map(
      ({ path, version, amount }) =>
        `${path}: ${dryRun ? "would release" : "released"} ${amount} provisioned concurrency of version ${version}`,
    ),
    ...kept.map((version) => `${version} is still needed, and was kept`),
  ].map(escapeControls);
}

/** A line a release or a deploy that did not become one, newest first. */
export function renderHistory(history: readonly HistoryEntry[], plans: readonly PlanStatus[]): string[] {
  if (history.length === 0 && plans.length === 0) return ["There has been no release."];
  const lines = [
    ...history.map((entry) => [entry.createdAt, renderEntry(entry)] as const),
    ...plans.map((plan) => [plan.plannedAt, renderPlan(plan)] as const),
  ];
  return lines.toSorted(([a], [b]) => b - a).map(([, line]) => escapeControls(line));
}

function renderEntry({ id, kind, state, finishedAt, actor, commit, reason, members }: HistoryEntry): string {
  const moved = members.filter(({ before, after }) => before !== after).length;
  return `${new Date(finishedAt).toISOString()}  ${id}  ${kind} ${state}  ${formatCount(moved, "alias", "aliases")} moved, by ${actor}${renderNotes(commit, reason)}`;
}

function renderPlan({ id, actor, commit, plannedAt, closed, dead }: PlanStatus): string {
  const at = new Date(closed?.at ?? plannedAt).toISOString();
  const ended = closed === undefined ? (dead ? "KILLED" : "PLANNED") : PLAN_WORDS[closed.outcome];
  const by = closed?.by === undefined ? actor : `${actor}, aborted by ${closed.by}`;
  return `${at}  ${id}  deploy ${ended}  nothing changed, by ${by}${renderNotes(commit, closed?.text?.split("\n")[0])}`;
}

/** In capitals as the states of releases are. */
const PLAN_WORDS: Readonly<Record<PlanOutcome, string>> = {
  declined: "DECLINED",
  unchanged: "UNCHANGED",
  refused: "REFUSED",
  stopped: "STOPPED",
  failed: "FAILED",
  joined: "JOINED",
  "given-up": "GIVEN_UP",
};

function renderNotes(...notes: readonly (string | undefined)[]): string {
  const known = notes.filter((note) => note !== undefined);
  return known.length === 0 ? "" : ` (${known.join(", ")})`;
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
