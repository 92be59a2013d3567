import type { Release } from "./model.ts";
import { STATES } from "./states.ts";

/** What a process that drove a release ends with. */
export const EXIT = {
  done: 0,
  failed: 1,
  rolledBack: 3,
  approvalNeeded: 4,
  rollbackBlocked: 5,
  finalisePending: 6,
  /** There was nothing to act on: no release, or none that the verb changes anything of. */
  nothingToDo: 7,
  /** The journal is missing or damaged, and its remains do not show the requested action. */
  journalLost: 8,
  /** An alias does not serve what is recorded. */
  drifted: 9,
  /** A release is under way and has a driver. */
  running: 10,
  /** A release is under way, and its driver is silent. */
  unattended: 11,
  /** Another deployer holds the release: nothing was done. */
  deployerBusy: 12,
  /** Traffic went back, and the release changed more than traffic: that stays. */
  partlyUndone: 13,
  interrupted: 130,
} as const;

/** The exit code of a release's present state. */
export function exitCodeOf(release: Pick<Release, "state" | "kind">): number {
  const { exitCode } = STATES[release.state];
  return exitCode === "rolledBack" && release.kind === "rollback" ? EXIT.done : EXIT[exitCode];
}
