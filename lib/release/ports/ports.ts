import type { LatencyPolicy, MetricComparison } from "../../assembly/release-metadata.ts";
import type { AliasShape, AliasTarget, AlarmGuard, HookCall, Member, Release, Subscriber } from "../model.ts";
import type { Reading } from "../reading.ts";
import type { CapacityPort } from "./capacity-port.ts";
import type { FailuresPort } from "./failures-port.ts";
import type { JournalPort } from "./journal-port.ts";
import type { StackPort } from "./stack-port.ts";
import type { ReleaseEvent } from "../events.ts";

/** An alias as the endpoint returns it. */
export interface AliasSnapshot extends AliasShape {
  /** The RevisionId; absent for state machines. */
  readonly revision?: string;
  readonly description: string;
}

/** What an alias write says. */
export interface AliasWrite {
  readonly target: AliasTarget;
  readonly goal: AliasShape;
  /** What the alias must serve now; services without a RevisionId compare with it. */
  readonly before: AliasShape;
  /** The write is refused unless the alias is at this revision. */
  readonly revision?: string;
  readonly description: string;
  /** Rollbacks go first where calls are rationed. */
  readonly urgent: boolean;
}

/** How an alias write ended. A lost reply is `failed`: the next observation decides. */
export type AliasWriteOutcome =
  | { readonly kind: "written" }
  /** The alias is no longer at the expected revision. */
  | { readonly kind: "conflict"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** What of a version's configuration decides whether it may share an alias with another. */
export interface VersionConfiguration {
  readonly version: string;
  readonly role: string;
  readonly deadLetterTarget?: string;
  readonly timeoutMs: number;
  /** `Active` when it can be called. */
  readonly state: string;
  /** AWS's code and words for any other state, for example `Idle: The function is idle.` */
  readonly stateReason?: string;
}

/** One published version. */
export interface PublishedVersion {
  readonly version: string;
  /** Names of the aliases that refer to it, with any weight. */
  readonly aliases: readonly string[];
  /** Something else that needs it, for example `2 running durable executions`. */
  readonly pinnedBy?: string;
}

/** Aliases and versions of functions and state machines. */
export interface AliasPort {
  /** Undefined when the alias does not exist. Throws when it could not be read. */
  get(target: AliasTarget): Promise<AliasSnapshot | undefined>;
  /** Whether the service is moving the alias by itself, as with provisioned concurrency. */
  isTransitioning(target: AliasTarget): Promise<boolean>;
  /** Never throws: one compare-and-set call. */
  update(write: AliasWrite): Promise<AliasWriteOutcome>;
  /** Whether the alias itself has provisioned concurrency, which forbids weights. */
  hasProvisionedConcurrency(target: AliasTarget): Promise<boolean>;
  configuration(target: AliasTarget, version: string): Promise<VersionConfiguration>;
  /** All published versions, oldest first. */
  versions(target: AliasTarget): Promise<readonly PublishedVersion[]>;
  /** False when something still refers to the version (409). */
  deleteVersion(target: AliasTarget, version: string): Promise<boolean>;
}

/** What one version did in one minute. */
export interface MinuteCount {
  /** Start of the minute, milliseconds since the epoch. */
  readonly at: number;
  readonly invocations: number;
  readonly errors: number;
}

/** The figures of a member's two versions over a window. A minute without data is absent, never zero. */
export interface MetricReading {
  readonly next: readonly MinuteCount[];
  readonly stable: readonly MinuteCount[];
  /** The alias in the hour before the shift: how much traffic to expect. Absent where the service keeps no such figure. */
  readonly before?: readonly MinuteCount[];
  /** Calls of the new version by its own number, as hooks make them. */
  readonly direct?: readonly MinuteCount[];
  /** Requests that reached a route, and how many were answered with 500 or above. Absent: not reported or not known. */
  readonly outcomes?: { readonly next: readonly MinuteCount[]; readonly stable: readonly MinuteCount[] };
  /** How many invocations took longer than each of the stable version's percentiles before the release. */
  readonly slower?: readonly SlowerCount[];
  /** How many invocations of the new version took longer than each ceiling of the policy. */
  readonly overCeiling?: readonly OverCeiling[];
  /** The metrics that the app compares. Absent: it compares none. */
  readonly measured?: readonly MeasuredMetric[];
  /** Over the window; evidence for people, and not judged. */
  readonly nextDuration?: Percentiles;
  readonly stableDuration?: Percentiles;
  /** Throttled invocations of the alias, minute by minute, as `errors` out of all attempts. */
  readonly throttles?: readonly MinuteCount[];
}

/** Durations in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** What one version's metric came to in one minute: an amount over so many units, for example failures over calls. */
export interface MeasuredMinute {
  /** Start of the minute, milliseconds since the epoch. */
  readonly at: number;
  readonly units: number;
  readonly amount: number;
  /** The most that one unit added, at least 1: what a single unit says weighs no more than that. */
  readonly greatest: number;
}

/** What an amount is counted over; `minutes`: each minute has one value, and nothing is known of what is behind it. */
export type MeasureBasis = "invocations" | "observations" | "requests" | "minutes";

/** A metric of both versions, in the same minutes. */
export interface MeasuredMetric {
  readonly name: string;
  readonly basis: MeasureBasis;
  readonly next: readonly MeasuredMinute[];
  readonly stable: readonly MeasuredMinute[];
  /** Where observations beyond a threshold are counted: the threshold, fixed before the release. */
  readonly threshold?: number;
  /** The statistic over the whole window, where it is not the amount over the units. */
  readonly nextValue?: number;
  readonly stableValue?: number;
  /** What the amount over the units is multiplied with for people: 100 where the app's expression counts percents. */
  readonly factor?: number;
  /** Why there is nothing to compare, for people. */
  readonly gap?: string;
  /** Why it cannot be compared at all: no evidence, and never a pass. */
  readonly problem?: string;
}

/** `errors` of each minute are the invocations that took longer than `thresholdMs`. */
export interface SlowerCount {
  readonly percentile: keyof Percentiles;
  readonly thresholdMs: number;
  readonly next: readonly MinuteCount[];
  readonly stable: readonly MinuteCount[];
}

/** As `SlowerCount`, of the new version alone. */
export interface OverCeiling {
  readonly percentile: keyof Percentiles;
  readonly ceilingMs: number;
  readonly next: readonly MinuteCount[];
}

/** What one version did by itself. */
export interface ServedReading {
  readonly calls: readonly MinuteCount[];
  /** Requests, and how many were answered with 500 or above; absent where the function reports none. */
  readonly outcomes?: readonly MinuteCount[];
}

/** Metrics per version (`ExecutedVersion`) of an alias. Throws when they could not be read. */
export interface MetricsPort {
  read(query: {
    readonly target: AliasTarget;
    readonly next: string;
    readonly stable: string;
    readonly from: number;
    readonly to: number;
    /** From here on the alias serves `next` alone: its own figures are the version's. */
    readonly soleSince?: number;
    /** Reads the outcomes of requests too. */
    readonly outcomes?: true;
    /** Reads durations by these terms too. */
    readonly latency?: LatencyPolicy;
    /** Reads these metrics of both versions too. */
    readonly comparisons?: readonly MetricComparison[];
  }): Promise<MetricReading>;
  /** What one version served. Until `soleUntil` the alias routed to it alone, so that its figures are the version's. */
  readServed(query: {
    readonly target: AliasTarget;
    readonly version: string;
    readonly from: number;
    readonly to: number;
    readonly soleUntil: number;
    readonly outcomes?: true;
  }): Promise<ServedReading>;
}

/** An alarm's state. `MISSING`: no alarm of that name. */
export interface AlarmReading {
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA" | "MISSING";
  /** The version that the alarm's metric is about (`ExecutedVersion`), where it is about one. */
  readonly aboutVersion?: string;
  /** The function that `aboutVersion` belongs to. */
  readonly aboutFunction?: string;
  readonly reason?: string;
}

/** CloudWatch alarms. Throws when they could not be read. */
export interface AlarmPort {
  /** By the guard's path. A guard that is left out of the answer counts as missing. */
  read(alarms: readonly AlarmGuard[]): Promise<ReadonlyMap<string, AlarmReading>>;
}

/** The payload of a hook. */
export interface HookPayload {
  readonly release: string;
  readonly app: string;
  readonly stage: string;
  readonly phase: HookCall["phase"];
  /** The same for each repetition of one call: release, hook and attempt. */
  readonly idempotencyKey: string;
  readonly step?: { readonly index: number; readonly percent: number };
  readonly members: readonly {
    readonly path: string;
    readonly kind: Member["kind"];
    readonly name: string;
    readonly alias: string;
    readonly stable: string | null;
    readonly next: string | null;
    /** ARNs as the endpoint writes them, where the port knows them. */
    readonly nextArn?: string;
  }[];
}

/** How a hook ended. `unreachable`: it never ran, so it may be retried. */
export type HookOutcome =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/** Calls hooks. Never throws. */
export interface HookPort {
  call(hook: HookCall, payload: HookPayload): Promise<HookOutcome>;
}

/** The endpoint's time. */
export interface ReleaseClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Sleeps for `durationMs` of the endpoint's time, or less. Returns early when the signal aborts. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** What a subscriber receives besides the event itself. */
export interface NotificationContext {
  readonly app: string;
  readonly stage: string;
}

/** Delivers one event to one subscriber. Throws if the delivery failed: it is retried later. */
export interface Notifier {
  notify(event: ReleaseEvent, subscriber: Subscriber, context: NotificationContext): Promise<void>;
}

/** Everything outside the release engine that it touches. */
export interface ReleasePorts {
  readonly journal: JournalPort;
  readonly aliases: AliasPort;
  readonly capacity: CapacityPort;
  readonly metrics: MetricsPort;
  readonly alarms: AlarmPort;
  readonly hooks: HookPort;
  /** Absent for drivers that only watch and roll back. */
  readonly stacks?: StackPort;
  readonly clock: ReleaseClock;
  readonly notifier?: Notifier;
  /** Absent: `explain` shows no failures. */
  readonly failures?: FailuresPort;
  /** Called after each journalled transition; for a progress display. Must not throw. */
  readonly onTransition?: (release: Release, events: readonly ReleaseEvent[]) => void;
  /** Called after each look at the world; for a progress display. Must not throw. */
  readonly onLook?: (look: ReleaseLook) => void;
}

/** What a driver saw and decided in one tick. */
export interface ReleaseLook {
  /** As it is after the decision. */
  readonly release: Release;
  /** By member path; absent where no figures were read. */
  readonly metrics?: ReadonlyMap<string, Reading<MetricReading>>;
  /** The endpoint's time, in milliseconds since the epoch. */
  readonly now: number;
}
