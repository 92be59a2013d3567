/**
 * Messages that say in the engine's words what progress says in plain ones: they are shown with `--verbose` only.
 * Warnings and errors are always shown.
 */
export const HIDDEN_CODES: ReadonlySet<string> = new Set([
  "AliasWritten",
  "AssetUploaded",
  "FinaliseStarted",
  "Finalised",
  "FirstDeploy",
  "PinsAligned",
  "PruneSkipped",
  "ReleaseProgress",
  "ReleaseStarted",
  "StableRecorded",
  "StackEvent",
  "Staged",
  "StagingStarted",
  "StateEntered",
  "StepVerified",
  "VersionsPruned",
]);
