import type { ReleaseState } from "./model.ts";

/** What is true of every release in one state. */
export interface StateRow {
  /**
   * `preparing`: traffic is untouched. `shifting`: aliases move, and an abort brings them back. `settling`: all traffic
   * is on the new versions, and going back is a rollback. `returning`: aliases go back. `finished`: nothing is left to do.
   */
  readonly phase: "preparing" | "shifting" | "settling" | "returning" | "finished";
  /** A driver stops here although the release is not finished: a person has to decide or fix something. */
  readonly isResting: boolean;
  /** The stacks hold the new versions: what follows needs no sources. */
  readonly isStaged: boolean;
  /** What a process that drove a release ends with, as in `exit-code.ts`. */
  readonly exitCode: "done" | "rolledBack" | "rollbackBlocked" | "finalisePending" | "approvalNeeded" | "interrupted";
}

const PREPARING: StateRow = { phase: "preparing", isResting: false, isStaged: false, exitCode: "interrupted" };
const SHIFTING: StateRow = { phase: "shifting", isResting: false, isStaged: true, exitCode: "interrupted" };
const SETTLING: StateRow = { phase: "settling", isResting: false, isStaged: true, exitCode: "interrupted" };

/** One row for each state; every list of states is a question to this table. */
export const STATES: Readonly<Record<ReleaseState, StateRow>> = {
  PLANNED: PREPARING,
  LOCKED: PREPARING,
  STAGING: PREPARING,
  READY: { ...PREPARING, isStaged: true },
  PRE_HOOKS: { ...PREPARING, isStaged: true },
  SHIFTING,
  PAUSED: { ...SHIFTING, isResting: true, exitCode: "approvalNeeded" },
  PROMOTING: SHIFTING,
  BAKING: SHIFTING,
  POST_HOOKS: SHIFTING,
  FINALISING: SETTLING,
  FINALISE_PENDING: { ...SETTLING, isResting: true, exitCode: "finalisePending" },
  PRUNING: SETTLING,
  SUCCEEDED: { phase: "finished", isResting: false, isStaged: true, exitCode: "done" },
  ABORTING: { phase: "returning", isResting: false, isStaged: true, exitCode: "interrupted" },
  ROLLED_BACK: { phase: "finished", isResting: false, isStaged: true, exitCode: "rolledBack" },
  ROLLBACK_BLOCKED: { phase: "returning", isResting: true, isStaged: true, exitCode: "rollbackBlocked" },
};

/** The release needs nothing more: the next `deploy` or `rollback` may replace it. */
export function isFinished({ state }: { readonly state: ReleaseState }): boolean {
  return STATES[state].phase === "finished";
}

/** No driver continues from here by itself. */
export function isOverOrRests({ state }: { readonly state: ReleaseState }): boolean {
  return STATES[state].phase === "finished" || STATES[state].isResting;
}

/** The stacks hold the new versions: what follows needs no sources. */
export function isStaged({ state }: { readonly state: ReleaseState }): boolean {
  return STATES[state].isStaged;
}

/** The driver in the account may continue from here. What failed is brought back by the driver that is at work. */
export function isLeftToAccount({ state }: { readonly state: ReleaseState }): boolean {
  return STATES[state].isStaged && STATES[state].phase !== "returning";
}

/** An abort still rolls back every alias: not all traffic has moved yet. */
export function isBeforeSettling({ state }: { readonly state: ReleaseState }): boolean {
  return STATES[state].phase === "preparing" || STATES[state].phase === "shifting";
}
