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
  interrupted: 130,
} as const;

/** The exit code that a release's present state stands for. */
export function exitCodeOf(release: Pick<Release, "state" | "kind">): number {
  const { exitCode } = STATES[release.state];
  return exitCode === "rolledBack" && release.kind === "rollback" ? EXIT.done : EXIT[exitCode];
}
