import type { AliasShape, ReleaseState, TriggerKind } from "./model.ts";

/** What happened, as a unique literal: scripts and the notifications' filters may rely on it. */
export type EventCode =
  | "ReleaseStarted"
  | "ReleaseResumed"
  | "ReleaseRebuilt"
  | "StateEntered"
  | "StableRecorded"
  | "StagingStarted"
  | "Staged"
  | "StagingFailed"
  | "AliasWriteIntended"
  | "AliasWritten"
  | "AliasWriteFailed"
  | "AliasDrifted"
  | "VersionAwaited"
  | "VersionReady"
  | "VersionNotReady"
  | "StepVerified"
  | "StepJudged"
  | "StepExtended"
  | "AlarmOverridden"
  | "HookCalled"
  | "HookPassed"
  | "HookFailed"
  | "RequestTaken"
  | "RequestIgnored"
  | "Paused"
  | "GapSeen"
  | "MembersLetGo"
  | "PinsAligned"
  | "PinsNotAligned"
  | "FinaliseStarted"
  | "Finalised"
  | "FinaliseFailed"
  | "DependenciesGone"
  | "ConcurrencyReleased"
  | "OldResourcesDeleted"
  | "OldResourcesLeft"
  | "VersionsPruned"
  | "PruneSkipped"
  | "FirstDeploy"
  | "WatchStarted"
  | "WatchFailed"
  | "WatchEnded";

/** One line of the event log: who, when, what, on which evidence and triggered by what. */
export interface ReleaseEvent {
  /** Counts from 1 for each app and stage, without gaps. */
  readonly seq: number;
  readonly release: string;
  /** The endpoint's time, milliseconds since the epoch. */
  readonly at: number;
  readonly code: EventCode;
  /** Where the release stood after this. Absent in what older versions wrote. */
  readonly state?: ReleaseState;
  readonly text: string;
  readonly trigger: TriggerKind;
  readonly actor: string;
  readonly commit?: string;
  readonly templateDigest: string;
  readonly fence: number;
  readonly alias?: { readonly path: string; readonly before?: AliasShape; readonly after?: AliasShape };
  readonly evidence?: unknown;
}

/** What a decision says of an event; the journal adds who, when and which. */
export type NewEvent = Pick<ReleaseEvent, "code" | "text" | "trigger" | "alias" | "evidence"> & {
  readonly actor?: string;
};
