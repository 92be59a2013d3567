/** The release engine's surface, for `lib/deploy` and `lib/cli`. README.md says how to use it. */
export { startRelease } from "./verbs/start.ts";
export { openPlan, type OpenPlan } from "./verbs/open-plan.ts";
export { takeTurn } from "./verbs/turn.ts";
export { awaitTurn, breakDeadLock } from "./verbs/await-turn.ts";
export { resumeRelease } from "./verbs/resume.ts";
export { abortRelease, pauseRelease, promoteRelease } from "./verbs/ask.ts";
export { notUndone, previewRollback, type RollbackPreview } from "./verbs/preview-rollback.ts";
export { isWatchSilent } from "./watched.ts";
export { findReverted, isBroughtBack } from "./history.ts";
export { deleteOldResources } from "./verbs/delete-old.ts";
export { rollbackRelease } from "./verbs/rollback.ts";
export type { JournalMemory } from "./journal-session.ts";
export { type DevAlias, type DevVersion, saveDev } from "./verbs/save-dev.ts";
export {
  type AliasStatus,
  explainRelease,
  type Explanation,
  type PlanStatus,
  releaseHistory,
  type ReleaseStatus,
  releaseStatus,
} from "./verbs/look.ts";
export { type StatusSummary, summariseStatus } from "./verbs/summarise.ts";
export { STANDING_EXIT, standingOf } from "./verbs/standing.ts";
export { type JournalOptions, lookIntoJournal, openJournal } from "./verbs/open-journal.ts";
export type { JournalFinding } from "./mend-journal.ts";
export { type PruneOutcome, pruneVersions } from "./verbs/prune.ts";
export type { Driver, HandOver, KnownAlias, ReleaseOutcome } from "./verbs/outcome.ts";
export { EXIT, exitCodeOf as releaseExitCode } from "./exit-code.ts";
export type { ReleasePlan } from "./plan.ts";
export type { AliasShape, OldResource, Release } from "./model.ts";
export { isDevSince } from "./history.ts";
export { describeOld } from "./old-resources.ts";
export { isFinished, isOverOrRests, isStaged } from "./states.ts";
export type { ReleaseEvent } from "./events.ts";
export type { HistoryEntry, Lock, PlanOutcome, PlanRecord } from "./ports/journal-port.ts";
export { describeLook } from "./describe-look.ts";
export type { ReleaseClock, ReleaseLook, ReleasePorts } from "./ports/ports.ts";
export type {
  FinaliseOutcome,
  FinaliseRequest,
  ReplacedByStage,
  StagedMember,
  StackPort,
  StageOutcome,
  StageRequest,
} from "./ports/stack-port.ts";
export { createAwsPorts } from "./aws/aws-ports.ts";
export { ControlPlane } from "./aws/control-plane.ts";
export { leftBehind, moveJournal } from "./aws/move-journal.ts";
export { JournalStore } from "./aws/journal-store.ts";
