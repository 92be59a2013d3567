import type {
  AnalysisPolicy,
  HookPhase,
  MetricComparison,
  RolloutPolicy,
  WatchPolicy,
} from "../assembly/release-metadata.ts";

/** The state of a release. `docs/releases.md` draws what each state means, and what follows it. */
export type ReleaseState =
  | "PLANNED"
  | "LOCKED"
  | "STAGING"
  | "READY"
  | "PRE_HOOKS"
  | "SHIFTING"
  | "PAUSED"
  | "PROMOTING"
  | "BAKING"
  | "POST_HOOKS"
  | "FINALISING"
  | "FINALISE_PENDING"
  | "PRUNING"
  | "SUCCEEDED"
  | "ABORTING"
  | "ROLLED_BACK"
  | "ROLLBACK_BLOCKED";

/** An alias on the endpoint, by the names that its service uses. */
export interface AliasTarget {
  readonly kind: "function" | "state-machine";
  /** The function's name, or the state machine's ARN. */
  readonly name: string;
  readonly alias: string;
  /** @default - the region of the connection */
  readonly region?: string;
}

/** One alias that moves in this release. */
export interface Member {
  /** The construct's path: unique in the app, the member's name wherever people read. */
  readonly path: string;
  readonly kind: "function" | "state-machine";
  /** Paths of the members that this one calls. */
  readonly calls: readonly string[];
  readonly shift: "policy" | "all-at-once";
  /** Absent until the stacks hold the alias: before its first deploy. */
  readonly target?: AliasTarget;
  /** The version that this release brings; known after staging. */
  readonly next?: string;
  /** The function reports each request's status by version, in the metrics namespace `Tidegate`. */
  readonly outcomes?: true;
  /** Metrics of its versions that are compared, with physical names; those of new resources are known after staging. */
  readonly comparisons?: readonly MetricComparison[];
  /** The longest that one call may take, in milliseconds; known after the preflight. */
  readonly timeoutMs?: number;
}

/** What an alias serves: one version, or two by weight. */
export interface AliasShape {
  readonly primary: string;
  /** `percent` is greater than 0 and less than 100: what the additional version gets. */
  readonly additional?: { readonly version: string; readonly percent: number };
  /** The service lists two versions without saying which is primary, as Step Functions does. */
  readonly unordered?: true;
}

/** A write to an alias that was decided on and journalled, and may or may not have happened. */
export interface AliasIntent {
  readonly goal: AliasShape;
  /** What the alias was seen to serve when this was decided. */
  readonly before: AliasShape;
  /** The RevisionId that the write insists on; absent where the service has none. */
  readonly revision?: string;
  /** What earlier writes that may still be under way would leave. */
  readonly alsoPossible: readonly AliasShape[];
  readonly step: string;
  readonly fence: number;
  readonly at: number;
}

/** How far one member got. */
export interface Progress {
  /** What the alias was last seen to serve by our own doing. */
  readonly verified?: AliasShape;
  readonly intent?: AliasIntent;
  /** What a stack update may put there: CloudFormation restores it when an update fails. No foreign change. */
  readonly byStacks?: AliasShape;
  /** Whether any write to the alias was ever journalled in this release: abort owes it a call. */
  readonly touched: boolean;
  readonly failures: number;
  readonly retryAt?: number;
  /** How the version that is to serve was last seen, where that had to be waited for. */
  readonly readiness?: Readiness;
}

/** Whether a version may serve: Active, with its provisioned concurrency. */
export interface Readiness {
  /** `short`: it serves without its provisioned concurrency, as waiting for it took too long or failed. */
  readonly kind: "awaited" | "ready" | "short";
  /** What was reported of it last. */
  readonly text: string;
}

/** Amounts of provisioned concurrency, by member path and version. */
export type Concurrency = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What is done so that a version may serve. */
export interface Preparation {
  readonly path: string;
  readonly version: string;
  /** Provisioned concurrency to put on it. Absent: an Inactive version is woken. */
  readonly provision?: number;
}

/** Something other than an alias write that was decided on and journalled, and may or may not have happened. */
export type Effect =
  | { readonly kind: "align"; readonly fence: number; readonly at: number }
  | { readonly kind: "stage"; readonly attempt: number; readonly fence: number; readonly at: number }
  | {
      readonly kind: "finalise";
      readonly attempt: number;
      readonly fence: number;
      readonly at: number;
      /** The attempt before this one ended before CloudFormation was asked to change anything. */
      readonly untouched?: true;
    }
  | {
      readonly kind: "hook";
      readonly phase: HookPhase;
      readonly index: number;
      readonly attempt: number;
      readonly fence: number;
      readonly at: number;
    }
  | {
      readonly kind: "prune";
      readonly doomed: DoomedVersions;
      /** Provisioned concurrency that is taken from versions that stay. */
      readonly idle?: Concurrency;
      readonly fence: number;
      readonly at: number;
    }
  | {
      readonly kind: "prepare";
      readonly preparations: readonly Preparation[];
      readonly fence: number;
      readonly at: number;
    }
  | { readonly kind: "delete-old"; readonly fence: number; readonly at: number };

/** Versions to delete, by member path. */
export type DoomedVersions = Readonly<Record<string, readonly string[]>>;

/** The old physical resource of one that a stage replaced. It exists until a deployer deletes it. */
export interface OldResource {
  readonly stackName: string;
  /** @default - the region of the connection */
  readonly region?: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** The aliases that moved away from it, each with the first version that does not need it. */
  readonly after: readonly { readonly target: AliasTarget; readonly version: string }[];
  /** Why the last deployer that tried could not delete it. */
  readonly problem?: string;
}

/** What made something happen. */
export type TriggerKind =
  | "user"
  | "alarm"
  | "analysis"
  | "hook"
  | "timeout"
  | "recovery"
  | "foreign-change"
  | "stage"
  | "preflight"
  | "policy";

/** Why the release turned where it turned. */
export interface Cause {
  readonly trigger: TriggerKind;
  readonly text: string;
}

/** Who requested the release, and its sources. */
export interface Origin {
  readonly actor: string;
  readonly commit?: string;
  readonly templateDigest: string;
  /** Under which hash the journal keeps what is staged. Absent in rollbacks, and in what older versions wrote. */
  readonly material?: string;
  /** In the user's words: `rollback -m`. */
  readonly reason?: string;
  /** Resources that a deploy changes besides code, for people: a rollback does not bring them back. */
  readonly resources?: readonly string[];
}

/** A hook with the function that answers it. */
export interface HookCall {
  readonly phase: HookPhase;
  readonly path: string;
  /** Known after staging at the latest. */
  readonly functionName?: string;
  readonly timeoutMs: number;
  readonly region?: string;
  /** Instead of a hook's function: one call of this member's new version, which must not fail. */
  readonly smokeTest?: { readonly member: string; readonly event: unknown };
}

/** An alarm that must exist and not be red. */
export interface AlarmGuard {
  readonly path: string;
  /** Its name on the endpoint; known after staging at the latest. */
  readonly name?: string;
  readonly region?: string;
}

/** A topic or an event bus that is notified of the release. */
export interface Subscriber {
  readonly path: string;
  readonly kind: "topic" | "event-bus";
  /** The ARN, or the name of a bus; known after staging at the latest. */
  readonly name?: string;
  readonly region?: string;
}

/** Why a release waits, and for whom. */
export interface Pause {
  readonly from: "SHIFTING" | "BAKING";
  readonly cause: Cause;
  readonly at: number;
}

/** An alias that could not be rolled back. */
export interface Straggler {
  readonly path: string;
  readonly reason: string;
}

/** The judgement of the last look at the gates. */
export interface Verdict {
  readonly outcome: "PASS" | "FAIL" | "INCONCLUSIVE" | "ERROR";
  readonly trigger: TriggerKind;
  readonly reasons: readonly string[];
  readonly at: number;
  /** The figures that the judgement rests on; plain JSON. */
  readonly evidence?: unknown;
}

/** How a stable version did in the hour before the stage. */
export interface StableBaseline {
  readonly calls: FailureRate;
  /** Of the requests that a function reports. */
  readonly outcomes?: FailureRate;
}

/** Calls or requests, how many of them failed, and the share of failures in the worst five minutes. */
export interface FailureRate {
  readonly invocations: number;
  readonly errors: number;
  readonly worst: number;
}

/** The watch over a release that succeeded. */
export interface Aftercare {
  /** `over`: its time passed, or a person ended it. `failed`: see `reasons`; with `rollback` it is reverted. */
  readonly status: "watching" | "over" | "failed";
  readonly onFailure: WatchPolicy["onFailure"];
  readonly since: number;
  readonly until: number;
  /** When a driver last looked. */
  readonly lookedAt: number;
  /** How the new versions did before the success, by member path. */
  readonly baseline?: Readonly<Record<string, StableBaseline>>;
  readonly reasons?: readonly string[];
  /** What the last look could not see, for people. */
  readonly unknown?: readonly string[];
}

/** One release: everything that a driver needs to continue, and nothing that it could not read back. */
export interface Release {
  readonly format: 1;
  readonly id: string;
  /**
   * `rollback`: goes back to `stable`, which is a recorded set of versions, and does nothing else. `dev`: what the saves
   * of a dev session published; it is never driven, and its `stable` is what was live before the session.
   */
  readonly kind: "deploy" | "rollback" | "dev";
  readonly app: string;
  readonly stage: string;
  readonly origin: Origin;
  readonly createdAt: number;
  readonly state: ReleaseState;
  readonly enteredAt: number;
  readonly policy: RolloutPolicy;
  readonly hooks: readonly HookCall[];
  readonly alarms: readonly AlarmGuard[];
  readonly subscribers?: readonly Subscriber[];
  readonly analysis?: AnalysisPolicy;
  readonly keepVersions: number;
  /** How it is watched after its success. */
  readonly watchPolicy?: WatchPolicy;
  /** Present from the success on, where it is watched. */
  readonly watch?: Aftercare;
  /** A rollback that a failed watch started: the release that was watched. */
  readonly watchOf?: string;
  /** A gap between two ticks that is longer than this pauses the release; milliseconds. */
  readonly maxUnattendedMs: number;
  /** Names of alarms that were red before the start and explicitly overridden. */
  readonly overriddenAlarms: readonly string[];
  /** Overridden alarms that were seen green since: their red counts again. */
  readonly recoveredAlarms: readonly string[];
  readonly members: readonly Member[];
  /** The version that each alias served before this release, null where it had none. Written once. */
  readonly stable?: Readonly<Record<string, string | null>>;
  readonly progress: Readonly<Record<string, Progress>>;
  /**
   * The stable versions' figures before the stage, by member path; without versions that had no calls. Written once.
   */
  readonly baseline?: Readonly<Record<string, StableBaseline>>;
  /** When the stacks held the new versions, and which of their resources the stage changed, for people. */
  readonly staged?: { readonly at: number; readonly changed: readonly string[] };
  /** Index into `policy.steps` of the weight that is being reached or watched. */
  readonly step: number;
  /** When the first member was seen at its first weight: the analysis counts from here. */
  readonly shiftedAt?: number;
  /** When every member was seen at this state's weights: deadlines count from here. */
  readonly verifiedAt?: number;
  /** When the waiting of this state is over. */
  readonly deadline?: number;
  readonly effect?: Effect;
  /** Hooks of the present phase that were passed. */
  readonly hooksPassed: number;
  readonly verdict?: Verdict;
  readonly pause?: Pause;
  /**
   * Paths of members whose alias was moved outside this release after the promotion: their pins are left as they are.
   */
  readonly drifted?: readonly string[];
  /** Why the last attempt to have the stacks' pins follow failed, while it is retried. */
  readonly finaliseFailure?: string;
  readonly cause?: Cause;
  /** What older versions may need and finalising took away, for people. Absent where it took nothing. */
  readonly contracted?: readonly string[];
  readonly stragglers: readonly Straggler[];
  /** Paths of members that were left out by name, as their alias or stack is gone: they are not rolled back. */
  readonly letGo?: readonly string[];
  /** A stack update may still move aliases: a rollback looks again until the stacks are quiet, or this time is over. */
  readonly stacksQuietBy?: number;
  /** The fence of the driver that last tried to bring the stacks' pins to the versions that a rollback left live. */
  readonly alignedBy?: number;
  /** Old resources that this release and earlier ones replaced, and that were not deleted yet. */
  readonly oldResources?: readonly OldResource[];
  /** Deleting the old resources was tried in this release. */
  readonly oldResourcesTried?: true;
  /** The stamps that setting the pins erased were looked for, and written again. */
  readonly restamped?: true;
  /** How often the stacks' pins could not follow, and the release rested: the driver in the account ends at a bound. */
  readonly finaliseRounds?: number;
  /** Until when a rollback waits for the versions that it goes back to. */
  readonly readyBy?: number;
  /** Provisioned concurrency that was taken from versions without traffic: it is put back before one serves again. */
  readonly releasedConcurrency?: Concurrency;
  /** Whether the provisioned concurrency of the versions that a rollback left was looked at, and taken. */
  readonly leftConcurrency?: "asked" | "released";
  /** When a driver last looked. */
  readonly tickedAt: number;
  /** How long no driver observed the release before the present one took over, where that was longer than allowed. */
  readonly unattendedMs?: number;
}
