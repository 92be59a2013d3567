import { EXIT } from "../exit-code.ts";
import { STATES } from "../states.ts";
import type { ReleaseStatus } from "./look.ts";

/** The state of an app and stage, in one word for scripts. */
export type Standing =
  /** No release is under way, and every alias serves what is recorded. */
  | "settled"
  /** No alias is deployed. */
  | "nothing-deployed"
  /** The journal is missing or damaged. */
  | "journal-lost"
  /** An alias could not be read: nothing is known of it. */
  | "unreadable"
  /** An alias could not be rolled back. */
  | "blocked"
  /** An alias does not serve what is recorded, or does not exist. */
  | "drifted"
  | "paused"
  /** All traffic is right, and the stacks' parameters could not follow yet. */
  | "finalise-pending"
  /** A release is under way and has a driver. */
  | "running"
  /** A release is under way, and its driver is silent. */
  | "unattended";

/** What `status --exit-code` ends with. */
export const STANDING_EXIT: Readonly<Record<Standing, number>> = {
  settled: EXIT.done,
  unreadable: EXIT.failed,
  paused: EXIT.approvalNeeded,
  blocked: EXIT.rollbackBlocked,
  "finalise-pending": EXIT.finalisePending,
  "nothing-deployed": EXIT.nothingToDo,
  "journal-lost": EXIT.journalLost,
  drifted: EXIT.drifted,
  running: EXIT.running,
  unattended: EXIT.unattended,
};

/** The first that is true of these: what is not known comes before what is wrong, and that before what is under way. */
export function standingOf({ release, driven, aliases, journal }: ReleaseStatus): Standing {
  const deployed = aliases.filter(({ target }) => target !== undefined);
  if (journal.condition !== "sound" && deployed.length > 0) return "journal-lost";
  if (release === undefined) return "nothing-deployed";
  if (deployed.some(({ live, drifted }) => live === undefined && !drifted)) return "unreadable";
  if (release.state === "ROLLBACK_BLOCKED") return "blocked";
  if (aliases.some(({ drifted }) => drifted)) return "drifted";
  if (release.state === "PAUSED") return "paused";
  if (release.state === "FINALISE_PENDING") return "finalise-pending";
  if (STATES[release.state].phase !== "finished") return driven ? "running" : "unattended";
  return deployed.length === 0 ? "nothing-deployed" : "settled";
}
