/**
 * The release engine's surface: what `lib/deploy` and `lib/cli` build on. README.md tells how to use it.
 */
export { startRelease, type StartOptions } from "./verbs/start.ts";
export { awaitTurn, breakDeadLock } from "./verbs/await-turn.ts";
export { resumeRelease } from "./verbs/resume.ts";
export { abortRelease, type AskOptions, pauseRelease, promoteRelease } from "./verbs/ask.ts";
export { rollbackRelease, type RollbackOptions } from "./verbs/rollback.ts";
export {
  type AliasStatus,
  explainRelease,
  type Explanation,
  releaseHistory,
  type ReleaseStatus,
  releaseStatus,
} from "./verbs/look.ts";
export { type PruneOutcome, pruneVersions } from "./verbs/prune.ts";
export type { KnownAlias, ReleaseOutcome, VerbOptions } from "./verbs/outcome.ts";
export { EXIT, exitCodeOf } from "./exit-code.ts";
export type { ReleasePlan } from "./plan.ts";
export type { Member, Origin, Release, ReleaseState } from "./model.ts";
export type { ReleaseEvent } from "./events.ts";
export type { ReleasePorts } from "./ports/ports.ts";
export type {
  FinaliseOutcome,
  FinaliseRequest,
  StagedMember,
  StageOutcome,
  StackPort,
  StageRequest,
} from "./ports/stack-port.ts";
export { type AwsPortsOptions, createAwsPorts } from "./aws/aws-ports.ts";
