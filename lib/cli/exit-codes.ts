import { AbortError, RemoteError, TidegateError, UserError } from "../errors.ts";
import { EXIT as RELEASE_EXIT } from "../release/exit-code.ts";

/** How the process ends, and what each number means to scripts. */
export const EXIT = { ...RELEASE_EXIT, usedWrongly: 2 } as const;

const BY_CODE: Readonly<Record<string, number>> = {
  UnknownFlag: EXIT.usedWrongly,
  UnknownStage: EXIT.usedWrongly,
  UnknownVerb: EXIT.usedWrongly,
  UsageWrong: EXIT.usedWrongly,
  AlreadyRolledBack: EXIT.nothingToDo,
  ApprovalNeeded: EXIT.approvalNeeded,
  DeployerBusy: EXIT.deployerBusy,
  Interrupted: EXIT.interrupted,
  JournalDamaged: EXIT.journalLost,
  JournalLost: EXIT.journalLost,
  NothingToResume: EXIT.nothingToDo,
  StackUpdateCancelled: EXIT.interrupted,
};

/** The exit code for something that was thrown. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof TidegateError)) return EXIT.failed;
  return BY_CODE[error.code] ?? EXIT.failed;
}

/** Whose fault an error is, for the document that `--json` prints. */
export function blameOf(error: unknown): "user" | "remote" | "abort" | "bug" {
  if (error instanceof UserError) return "user";
  if (error instanceof RemoteError) return "remote";
  if (error instanceof AbortError) return "abort";
  return "bug";
}
