import type { Duration } from "aws-cdk-lib";
import type { IAlarm } from "aws-cdk-lib/aws-cloudwatch";
import type { HookPhase } from "../assembly/release-metadata.ts";
import type { HookFunction } from "./hook-function.ts";
import type { PropNames } from "./known-props.ts";
import type { AnalysisOptions } from "./rollout-analysis.ts";
import type { RolloutNotification } from "./rollout-notifications.ts";
import type { RolloutPolicyName, RolloutShape } from "./rollout-policy.ts";

/** Functions that decide whether the release may continue. */
export type RolloutHooks = Partial<Readonly<Record<HookPhase, HookFunction>>>;

/** Properties of an app's rollout. */
export interface RolloutProps {
  /**
   * How the new versions take over: a name, or what `Rollout.canary`, `Rollout.linear` and `Rollout.steps` return.
   * Development stages (`dev`, `sandbox`, `preview`, `pr-…`, or `development` in cdk.json) always move all at once:
   * hooks and smoke tests guard them.
   * @default "AllAtOnce"
   */
  readonly policy?: RolloutPolicyName | RolloutShape;
  /**
   * How long all traffic is watched on the new versions before the release counts as succeeded.
   * @default Duration.minutes(0)
   */
  readonly finalBake?: Duration;
  /**
   * Functions called before the traffic moves, at each step and after it; `onRollback` is notified.
   * @default - none
   */
  readonly hooks?: RolloutHooks;
  /**
   * Alarms that must exist and stay green while the release is under way.
   * @default - none
   */
  readonly alarms?: readonly IAlarm[];
  /**
   * SNS topics and EventBridge buses that are notified of each event of a release, at least once; `docs/releases.md` lists
   * what they receive. The credentials of the deployment need `sns:Publish` and `events:PutEvents` on them.
   * @default - none
   */
  readonly notifications?: readonly RolloutNotification[];
  /**
   * Judges each new version's errors, answers and durations against the stable version's.
   * @default - on with its defaults where the policy has steps; false for none
   */
  readonly analysis?: AnalysisOptions | false;
  /**
   * How long a release is watched after it succeeded: by alarms, by the ceilings of `analysis`, and by whether the new
   * versions start to fail as they did not before. The driver in the account watches, so the app needs a
   * `ReleaseDriver`. The next deploy ends the watch.
   * @default - not watched
   */
  readonly watch?: Duration;
  /**
   * What happens when the watch finds that the new versions fail: every alias goes back (`rollback`), or the subscribers of
   * `notifications` receive `WatchFailed` and the versions stay live (`notify`).
   * @default "rollback"
   */
  readonly onWatchFailure?: "rollback" | "notify";
  /**
   * How many versions of each function are kept after success.
   * @default 5
   */
  readonly keepVersions?: number;
  /**
   * What moves the traffic. `codeDeploy`: AWS CodeDeploy, each function by itself, as SAM and the CDK do it; synthesis
   * warns of what is lost. Needs a policy that CodeDeploy has, and AWS: the local cloud does not have CodeDeploy.
   * @default "lockstep"
   */
  readonly mode?: "lockstep" | "codeDeploy";
  /**
   * The app's name: releases, journal and lock are by app and stage.
   * @default - `tidegate.app` in the context of cdk.json, else the name in package.json
   */
  readonly app?: string;
}

const NAMES: PropNames<RolloutProps> = {
  alarms: true,
  analysis: true,
  app: true,
  finalBake: true,
  hooks: true,
  keepVersions: true,
  mode: true,
  notifications: true,
  onWatchFailure: true,
  policy: true,
  watch: true,
};
const ANALYSIS_NAMES: PropNames<AnalysisOptions> = {
  comparisons: true,
  falseAlarmRate: true,
  latency: true,
  maxErrorRate: true,
  maxThrottleRate: true,
  maxWait: true,
  minInvocations: true,
  onInconclusive: true,
  onQuiet: true,
  slo: true,
};
const HOOK_NAMES: PropNames<RolloutHooks> = { onRollback: true, perStep: true, postTraffic: true, preTraffic: true };

/** The names of a rollout's props, and of those of `analysis` and `hooks`. */
export const ROLLOUT_PROPS = {
  all: Object.keys(NAMES),
  analysis: Object.keys(ANALYSIS_NAMES),
  hooks: Object.keys(HOOK_NAMES),
} as const;
