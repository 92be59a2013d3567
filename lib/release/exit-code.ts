import type { Release } from "./model.ts";

/** What a process that drove a release ends with. */
export const EXIT = {
  done: 0,
  failed: 1,
  rolledBack: 3,
  approvalNeeded: 4,
  rollbackBlocked: 5,
  finalisePending: 6,
  interrupted: 130,
} as const;

/** The exit code that a release's present state stands for. */
export function exitCodeOf(release: Pick<Release, "state" | "kind">): number {
  switch (release.state) {
    case "SUCCEEDED":
      return EXIT.done;
    case "ROLLED_BACK":
      return release.kind === "rollback" ? EXIT.done : EXIT.rolledBack;
    case "ROLLBACK_BLOCKED":
      return EXIT.rollbackBlocked;
    case "FINALISE_PENDING":
      return EXIT.finalisePending;
    case "PAUSED":
      return EXIT.approvalNeeded;
    case "PLANNED":
    case "LOCKED":
    case "STAGING":
    case "READY":
    case "PRE_HOOKS":
    case "SHIFTING":
    case "PROMOTING":
    case "BAKING":
    case "POST_HOOKS":
    case "FINALISING":
    case "PRUNING":
    case "ABORTING":
      return EXIT.interrupted;
  }
}
