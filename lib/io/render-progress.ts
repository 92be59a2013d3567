import { formatDuration } from "../util/format-duration.ts";
import type { AliasProgress, ReleaseProgress, VersionProgress } from "./progress.ts";

const MAX_NAMES = 3;

/** How a release is, in one line: its weights, the time left and what it waits for. */
export function renderProgress(progress: ReleaseProgress): string {
  return [phaseOf(progress), ...waitOf(progress)].join("; ");
}

/** What happens now, in plain words. */
export function phaseOf({ state, step, percent, aliases, cause }: ReleaseProgress): string {
  switch (state) {
    case "PLANNED":
    case "LOCKED":
    case "STAGING":
      return "updating the stacks; all calls stay on the live versions";
    case "READY":
      return "the new versions are published and have no traffic yet";
    case "PRE_HOOKS":
      return "calling the hooks before any traffic moves";
    case "SHIFTING":
      return percent === 0
        ? `moving the first calls to ${namesOf(aliases)}`
        : `step ${step?.number ?? 1} of ${step?.of ?? 1}: ${percent} % of calls on the new version of ${namesOf(aliases)}`;
    case "PAUSED":
      return `paused with ${percent} % of calls on the new version${because(cause)}`;
    case "PROMOTING":
      return "moving all calls to the new versions";
    case "BAKING":
      return "all calls are on the new versions, which are watched";
    case "POST_HOOKS":
      return "calling the hooks after the traffic moved";
    case "FINALISING":
      return "bringing the stacks' parameters to the live versions";
    case "FINALISE_PENDING":
      return "all calls are on the new versions; the stacks' parameters do not follow yet";
    case "PRUNING":
      return "deleting old versions";
    case "SUCCEEDED":
      return "done";
    case "ABORTING":
      return `rolling back${because(cause)}`;
    case "ROLLED_BACK":
      return `rolled back${because(cause)}`;
    case "ROLLBACK_BLOCKED":
      return `the rollback is blocked${because(cause)}`;
    default:
      return state;
  }
}

/** The time left, and what is missing. */
function waitOf({ leftMs, waitsFor }: ReleaseProgress): string[] {
  if (leftMs === undefined) return [];
  if (leftMs > 0) return [`${formatDuration(leftMs)} left`];
  return waitsFor.length === 0 ? [] : [`waiting: ${waitsFor.join("; ")}`];
}

/** The calls of an alias's two versions, for example `Todo/List: version 1: 210 calls, 1 failed; version 2: …`. */
export function renderCalls({ path, stable, next }: AliasProgress): string {
  return `${path}: ${renderVersion(stable)}; ${renderVersion(next)}`;
}

function renderVersion({ version, calls, failed = 0 }: VersionProgress): string {
  if (calls === undefined) return `version ${version}`;
  return `version ${version}: ${calls} ${calls === 1 ? "call" : "calls"}, ${failed} failed`;
}

function namesOf(aliases: readonly AliasProgress[]): string {
  const names = aliases.slice(0, MAX_NAMES).map(({ path }) => path);
  const more = aliases.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}

function because(cause: string | undefined): string {
  return cause === undefined ? "" : `: ${cause}`;
}
