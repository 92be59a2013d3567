/** Where a template keeps what the deployer must know of its release: under this key of its `Metadata` section. */
export const RELEASE_METADATA_KEY = "Tidegate::Release";

/** One function or state machine whose alias takes part in the release. All names are logical ids of the template. */
export interface ReleaseMember {
  readonly kind: "function" | "state-machine";
  /** The construct's path, for example `Todo/Create`. Unique in the app; names the member wherever people read. */
  readonly path: string;
  /** Logical id of the function or state machine. */
  readonly resource: string;
  /** Logical id of the version that this template publishes. Changes with its content. */
  readonly version: string;
  /** Logical id of the alias. */
  readonly alias: string;
  /** The alias's name, `live` by default. */
  readonly aliasName: string;
  /** The template parameter that pins the live version: empty on the first deploy. */
  readonly parameter: string;
  /** Paths of the members that this one calls: they shift first and roll back last. */
  readonly calls: readonly string[];
  /** `all-at-once` where the member opts out of the gradual shift: it moves with the promotion. */
  readonly shift: "policy" | "all-at-once";
  /** The function reports the status of each request as embedded metrics in the namespace `Tidegate`. */
  readonly outcomes?: true;
  /** Metrics of the function's versions that are compared. Dimensions may hold `${LogicalId}` and `${AWS::…}`. */
  readonly comparisons?: readonly MetricComparison[];
  /** The event of one call that the new version must not fail, made before any traffic moves. Plain JSON. */
  readonly smokeTest?: { readonly event: unknown };
}

/** A weight that the new version is given, and how long it is watched there. */
export interface RolloutStep {
  /** Greater than 0 and less than 100. Steps rise strictly. */
  readonly percent: number;
  /** Milliseconds of the endpoint's time, from the verified write on. */
  readonly bakeMs: number;
}

/** How the new versions take over. After the last step all traffic moves at once. */
export interface RolloutPolicy {
  /** The field's name for it, for example `Canary10Percent5Minutes`, or `Custom`. */
  readonly name: string;
  /** Empty for all at once. */
  readonly steps: readonly RolloutStep[];
  /** How long all traffic is watched on the new versions before the release counts as succeeded. */
  readonly finalBakeMs: number;
  /**
   * How much longer the last bake of an analysed release is, so that late figures arrive, in milliseconds. Set where a
   * deployer shortens waits. @default - the longest timeout of a function and two minutes
   */
  readonly lateFiguresMs?: number;
}

/** When a hook runs. */
export type HookPhase = "preTraffic" | "perStep" | "postTraffic" | "onRollback";

/** A function that decides whether the release may continue. */
export interface ReleaseHook {
  readonly phase: HookPhase;
  readonly path: string;
  /** Logical id of the hook's function. */
  readonly resource: string;
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** CloudWatch alarms that must exist and not be red. */
export interface ReleaseAlarm {
  readonly path: string;
  /** Logical id of the alarm in this template, or its name where it lives elsewhere. */
  readonly resource?: string;
  readonly alarmName?: string;
}

/** A topic or an event bus that is notified of the release. */
export interface ReleaseNotification {
  readonly path: string;
  readonly kind: "topic" | "event-bus";
  /** Logical id in this template. */
  readonly resource?: string;
  /** Its ARN where it lives elsewhere; may hold `${AWS::Partition}`, `${AWS::Region}` and `${AWS::AccountId}`. */
  readonly arn?: string;
}

/** The state machine that drives releases in the account. */
export interface ReleaseDriverResource {
  /** Logical id in this template. */
  readonly resource: string;
}

/** How the durations of the new version are judged. All times in milliseconds. */
export interface LatencyPolicy {
  /** How much slower counts as alike: 0.1 for a tenth above the stable version's percentiles before the release. */
  readonly tolerance: number;
  /** What half, nine tenths and 99 of 100 invocations must not exceed, regardless of the stable version. */
  readonly maxP50Ms?: number;
  readonly maxP90Ms?: number;
  readonly maxP99Ms?: number;
}

/** What a dimension holds in place of the version's number. */
export const VERSION_PLACEHOLDER = "${Tidegate::Version}";

/** A CloudWatch metric, or an expression of several, that is compared between the new version and the stable one. */
export interface MetricComparison {
  /** How it is named where people read. Unique among the member's comparisons. */
  readonly name: string;
  readonly direction: "lower-is-better" | "higher-is-better";
  /** How much worse counts as alike: 0.1 for a tenth. */
  readonly tolerance: number;
  /** What is compared comes first; the others are what its expression refers to. */
  readonly queries: readonly [ComparisonQuery, ...ComparisonQuery[]];
}

/** One query of GetMetricData, with `VERSION_PLACEHOLDER` among its dimensions' values. */
export type ComparisonQuery = ComparedStatistic | ComparedExpression;

/** A statistic of a metric. */
export interface ComparedStatistic {
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  readonly stat: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Metric math over the other queries. */
export interface ComparedExpression {
  readonly id: string;
  readonly expression: string;
}

/** How the new version is judged against the stable one. */
export interface AnalysisPolicy {
  /** Invocations of the new version that a step needs before it can pass. 50 by default. */
  readonly minInvocations: number;
  /** Fraction of failed invocations that is too much regardless of the stable version; within 0 and 1. */
  readonly maxErrorRate?: number;
  /** The false alarm rate of the whole release, within 0 and 1. 0.01 by default. */
  readonly falseAlarmRate: number;
  /** How long a step may be extended while evidence is missing, in milliseconds. */
  readonly maxWaitMs: number;
  readonly onInconclusive: "pause" | "rollback" | "promote";
  /** Absent: durations are not judged. */
  readonly latency?: LatencyPolicy;
  /** Fraction of throttled invocations of an alias that is too much; within 0 and 1. Absent: not judged. */
  readonly maxThrottleRate?: number;
  /** The fraction of good calls that is promised, and how many times faster than allowed the rest may be used up. */
  readonly slo?: { readonly objective: number; readonly maxBurnRate: number };
  /** The verdict for a function with too few calls to be judged. Absent: `pass`, as in older releases. */
  readonly onQuiet?: "pass" | "wait";
}

/** How a release is watched after its success. */
export interface WatchPolicy {
  /** Milliseconds of the endpoint's time. */
  readonly durationMs: number;
  readonly onFailure: "rollback" | "notify";
}

/** The release metadata in a stack's template. */
export interface ReleaseMetadata {
  readonly format: 1;
  /** The app's name: releases, journal and lock are by app and stage. */
  readonly app: string;
  /** The stage that the template was synthesized for. Absent where it was synthesized without `tidegate`. */
  readonly stage?: string;
  /** The qualifier of the CDK's bootstrap, by which the journal's bucket is named. Absent: the CDK's default. */
  readonly qualifier?: string;
  readonly policy: RolloutPolicy;
  readonly members: readonly ReleaseMember[];
  readonly hooks: readonly ReleaseHook[];
  readonly alarms: readonly ReleaseAlarm[];
  /** Absent: no notifications. */
  readonly notifications?: readonly ReleaseNotification[];
  /** Absent: releases are driven from the terminal only. */
  readonly driver?: ReleaseDriverResource;
  /** Absent: no analysis of metrics. */
  readonly analysis?: AnalysisPolicy;
  /** Absent: a release is not watched after its success. */
  readonly watch?: WatchPolicy;
  /** How many versions of each member are kept after success. 5 by default. */
  readonly keepVersions: number;
}
