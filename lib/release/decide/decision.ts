import type { NewEvent } from "../events.ts";
import type {
  AliasIntent,
  Cause,
  Concurrency,
  Effect,
  HookCall,
  Member,
  OldResource,
  Preparation,
  Release,
  ReleaseState,
} from "../model.ts";
import type { VersionConcurrency } from "../ports/capacity-port.ts";
import type { ReleaseRequest } from "../ports/journal-port.ts";
import type {
  AliasSnapshot,
  AliasWriteOutcome,
  AlarmReading,
  HookOutcome,
  MetricReading,
  PublishedVersion,
  ServedReading,
} from "../ports/ports.ts";
import type { FinaliseOutcome, StageOutcome } from "../ports/stack-port.ts";
import type { Reading } from "../reading.ts";

/** What was seen of one alias. */
export type AliasObservation =
  | { readonly kind: "seen"; readonly snapshot: AliasSnapshot; readonly transitioning: boolean }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly reason: string };

/** How the effect that was decided on last ended. */
export type EffectOutcome =
  | { readonly kind: "align"; readonly outcome: FinaliseOutcome }
  | { readonly kind: "stage"; readonly outcome: StageOutcome }
  | { readonly kind: "finalise"; readonly outcome: FinaliseOutcome }
  | { readonly kind: "hook"; readonly outcome: HookOutcome }
  | { readonly kind: "prepare"; readonly refused: readonly RefusedPreparation[] }
  /** `left` with the problem of each. */
  | { readonly kind: "delete-old"; readonly deleted: readonly OldResource[]; readonly left: readonly OldResource[] }
  | {
      readonly kind: "prune";
      readonly deleted: Readonly<Record<string, readonly string[]>>;
      readonly kept: readonly string[];
      /** Provisioned concurrency that was taken from versions. */
      readonly released: Concurrency;
    };

/** What AWS refused to do for a version, with its words. */
export type RefusedPreparation = Preparation & { readonly reason: string };

/** How a version was seen. */
export interface SeenVersion {
  readonly state: string;
  /** AWS's reason for any state but Active. */
  readonly stateReason?: string;
  /** Absent where it has none, or where it was not read. */
  readonly concurrency?: VersionConcurrency;
}

/** What the preflight found in the versions that are to share an alias. */
export interface PreflightFinding {
  readonly problems: readonly string[];
  /** By member path. */
  readonly timeoutMs: ReadonlyMap<string, number>;
  /** The new versions of functions, by member path. */
  readonly seen: ReadonlyMap<string, SeenVersion>;
}

/** Everything that the tick knows of the world. Absent: it was not read. */
export interface Observations {
  readonly aliases: ReadonlyMap<string, AliasObservation>;
  readonly alarms?: Reading<ReadonlyMap<string, AlarmReading>>;
  readonly metrics?: ReadonlyMap<string, Reading<MetricReading>>;
  /** What the stable versions served: before the stage, or since it; by member path. */
  readonly served?: ReadonlyMap<string, Reading<ServedReading>>;
  readonly preflight?: Reading<PreflightFinding>;
  readonly versions?: ReadonlyMap<string, Reading<readonly PublishedVersion[]>>;
  /** Versions that a rollback is to put live, by member path. */
  readonly targets?: ReadonlyMap<string, Reading<SeenVersion>>;
  /** Provisioned concurrency of versions that no alias and no running execution refers to, by member path and version. */
  readonly idle?: ReadonlyMap<string, Reading<ReadonlyMap<string, number>>>;
  readonly stackStatuses?: Reading<ReadonlyMap<string, string>>;
  /** The version that the stacks last gave each alias, by member path. */
  readonly pins?: Reading<ReadonlyMap<string, string>>;
  /** Versions that older releases may still be rolled back to, by member path. */
  readonly rollbackTargets?: ReadonlyMap<string, ReadonlySet<string>>;
  /** The version that `rollback` without a name goes back to, by member path. */
  readonly previous?: ReadonlyMap<string, string>;
  /** How the writes of the last command ended, by member path. */
  readonly writes: ReadonlyMap<string, AliasWriteOutcome>;
  readonly effect?: EffectOutcome;
  readonly requests: readonly ReleaseRequest[];
}

/** The parts of the world that a state has to look at before it can decide. */
export interface Needs {
  /** Paths of the members whose aliases are read. */
  readonly aliases: readonly string[];
  readonly alarms?: boolean;
  readonly metrics?: boolean;
  readonly served?: boolean;
  readonly preflight?: boolean;
  readonly versions?: boolean;
  /** Paths of the members whose version to go back to is looked at. */
  readonly targets?: readonly string[];
  /** Paths of the members whose versions without traffic are searched for provisioned concurrency. */
  readonly idle?: readonly string[];
  readonly stacks?: boolean;
  readonly pins?: boolean;
}

/** One alias write of a command; the intent is in the journal by the time it is carried out. */
export interface PlannedWrite {
  readonly member: Member;
  readonly intent: AliasIntent;
}

/** What the driver does once the decision is journalled. */
export type Command =
  | {
      readonly kind: "write";
      /** Carried out one after another; the writes of one batch side by side. */
      readonly batches: readonly (readonly PlannedWrite[])[];
      /** Whether a batch with a failure keeps the next ones from starting. */
      readonly stopOnFailure: boolean;
      readonly urgent: boolean;
    }
  | { readonly kind: "hook"; readonly hook: HookCall; readonly attempt: number }
  /** Sets the stacks' pins to the stable versions, and changes nothing else. */
  | { readonly kind: "align" }
  | { readonly kind: "stage" }
  | { readonly kind: "finalise" }
  | { readonly kind: "prepare"; readonly effect: Extract<Effect, { kind: "prepare" }> }
  | { readonly kind: "delete-old" }
  | { readonly kind: "prune"; readonly effect: Extract<Effect, { kind: "prune" }> };

/** One tick's input. */
export interface Tick {
  readonly release: Release;
  readonly observations: Observations;
  /** The endpoint's time. */
  readonly now: number;
  /** The fencing number of the driver that ticks. */
  readonly fence: number;
}

/** One tick's outcome: at most one command, or a time to look again, or another tick at once. */
export interface Decision {
  readonly release: Release;
  readonly events: readonly NewEvent[];
  readonly command?: Command;
  /** Look again at this time at the latest. */
  readonly wakeAt?: number;
  /** Tick again at once: another state was entered. */
  readonly again?: true;
  /** Requests that are kept for a later state. */
  readonly requests: readonly ReleaseRequest[];
}

/** Stays in the state. */
export function stay(tick: Tick, release: Release, rest: Partial<Omit<Decision, "release">> = {}): Decision {
  return { events: [], requests: tick.observations.requests, ...rest, release };
}

/** Enters another state; data of the old state alone is cleared. */
export function enter(
  tick: Tick,
  release: Release,
  state: ReleaseState,
  rest: Partial<Omit<Decision, "release">> & { readonly cause?: Cause; readonly patch?: Partial<Release> } = {},
): Decision {
  const { cause, patch, ...decision } = rest;
  const text = cause === undefined ? state : `${state}: ${cause.text}`;
  return {
    requests: tick.observations.requests,
    ...decision,
    again: true,
    events: [...(decision.events ?? []), { code: "StateEntered", text, trigger: cause?.trigger ?? "policy" }],
    release: {
      ...release,
      state,
      enteredAt: tick.now,
      effect: undefined,
      hooksPassed: 0,
      verifiedAt: undefined,
      deadline: undefined,
      ...(cause === undefined ? {} : { cause }),
      ...patch,
    },
  };
}

/** Gives the release up: from here on only the stable versions matter. */
export function abort(tick: Tick, release: Release, cause: Cause, events: readonly NewEvent[] = []): Decision {
  return enter(tick, resetFailures(release), "ABORTING", { cause, events, patch: { pause: undefined }, requests: [] });
}

/** Resets every member's count of failures. */
export function resetFailures(release: Release): Release {
  const progress = Object.fromEntries(
    Object.entries(release.progress).map(([path, p]) => [path, { ...p, failures: 0, retryAt: undefined }]),
  );
  return { ...release, progress };
}
