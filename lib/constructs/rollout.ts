import { Annotations, type CfnElement, CfnResource, Duration, Stack } from "aws-cdk-lib";
import type { IAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { AnalysisPolicy, HookPhase, RolloutPolicy } from "../assembly/release-metadata.ts";
import { toCodeDeployConfig } from "./code-deploy-config.ts";
import { codeDeployProblems, codeDeployWarning } from "./code-deploy-losses.ts";
import type { HookFunction } from "./hook-function.ts";
import { addProblems } from "./problems.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";
import { type ReleaseTerms, trySetReleaseTerms } from "./release-terms.ts";
import { addNotification, type RolloutNotification } from "./rollout-notifications.ts";
import {
  type CanaryOptions,
  canaryShape,
  type LinearOptions,
  linearShape,
  namedShape,
  type RolloutPolicyName,
  type RolloutShape,
  type StepOptions,
  stepsShape,
} from "./rollout-policy.ts";
import { rolloutProblems, stepProblems } from "./rollout-rules.ts";
import { stageSettings } from "./stage-settings.ts";

/** How the new versions are judged against the stable ones. */
export interface AnalysisOptions {
  /**
   * Invocations of the new version that a step needs before it can pass.
   * @default 50
   */
  readonly minInvocations?: number;
  /**
   * Fraction of failed invocations that is too much whatever the stable version does.
   * @default - no ceiling
   */
  readonly maxErrorRate?: number;
  /**
   * How often a release of healthy versions may be rolled back: a fraction, over all functions and looks.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
  /**
   * How long a step may be extended for want of invocations.
   * @default Duration.hours(1)
   */
  readonly maxWait?: Duration;
  /**
   * What happens when there still is no verdict.
   * @default "pause"
   */
  readonly onInconclusive?: AnalysisPolicy["onInconclusive"];
  /**
   * What happens with a function that is not called often enough to be judged, by what its stable version sees: it
   * passes after the bake (`pass`), or the step is extended (`wait`).
   * @default "pass"
   */
  readonly onQuiet?: AnalysisPolicy["onQuiet"];
}

/** Functions that are asked whether the release may go on. */
export type RolloutHooks = Partial<Readonly<Record<HookPhase, HookFunction>>>;

/** Properties of an app's rollout. */
export interface RolloutProps {
  /**
   * How the new versions take over: a name, or what `Rollout.canary`, `Rollout.linear` and `Rollout.steps` return.
   * Stages for development (`dev`, `sandbox`, `preview`, `pr-…`, or `development` in cdk.json) move all at once whatever
   * it says: hooks and smoke tests guard them.
   * @default "AllAtOnce"
   */
  readonly policy?: RolloutPolicyName | RolloutShape;
  /**
   * How long all traffic is watched on the new versions before the release counts as succeeded.
   * @default Duration.minutes(0)
   */
  readonly finalBake?: Duration;
  /**
   * Functions asked before the traffic moves, at each step and after; `onRollback` is told.
   * @default - none
   */
  readonly hooks?: RolloutHooks;
  /**
   * Alarms that must exist and stay green while the release is under way.
   * @default - none
   */
  readonly alarms?: readonly IAlarm[];
  /**
   * SNS topics and EventBridge buses that are told what happens to a release, at least once; `docs/releases.md` tells
   * what they receive. Whoever deploys needs `sns:Publish` and `events:PutEvents` on them.
   * @default - nobody is told
   */
  readonly notifications?: readonly RolloutNotification[];
  /**
   * Judges each new version's errors against the stable version's.
   * @default - on with its defaults where the policy has steps; false for none
   */
  readonly analysis?: AnalysisOptions | false;
  /**
   * How many versions of each function are kept after success.
   * @default 5
   */
  readonly keepVersions?: number;
  /**
   * Who moves the traffic. `codeDeploy`: AWS CodeDeploy, each function by itself, as SAM and the CDK do it; synthesis
   * warns of what is lost. Needs a policy that CodeDeploy knows, and AWS: the local cloud does not carry it.
   * @default "lockstep"
   */
  readonly mode?: "lockstep" | "codeDeploy";
  /**
   * The app's name: releases, journal and lock are by app and stage.
   * @default - `tidegate.app` in the context of cdk.json, else the name in package.json
   */
  readonly app?: string;
}

/**
 * How the aliases of an app move together. Attach one to the app, or to a CDK stage, or to any stack of it: it holds
 * for all functions that are deployed together. Without one, they move all at once.
 */
export class Rollout extends Construct {
  /** One share of the traffic, then all of it. */
  static canary(options: CanaryOptions): RolloutShape {
    return canaryShape(options);
  }

  /** Equal shares, one after the other. */
  static linear(options: LinearOptions): RolloutShape {
    return linearShape(options);
  }

  /** Any strictly rising shares. */
  static steps(steps: readonly StepOptions[]): RolloutShape {
    return stepsShape(steps);
  }

  constructor(scope: Construct, id: string, props: RolloutProps = {}) {
    super(scope, id);
    const shape = this.#shape(props.policy ?? "AllAtOnce");
    const finalBakeMs = stageSettings(this).development ? 0 : (props.finalBake?.toMilliseconds() ?? 0);
    const terms = {
      policy: { ...shape, finalBakeMs },
      analysis: analysisPolicy(props.analysis, shape),
      keepVersions: props.keepVersions ?? 5,
    };
    addProblems(this, rolloutProblems(terms));
    const codeDeploy = props.mode === "codeDeploy" ? this.#codeDeploy(props, terms.policy) : {};
    const named = props.app === undefined ? {} : { app: props.app };
    if (!trySetReleaseTerms(this, { ...terms, ...named, ...codeDeploy })) {
      addProblems(this, ["there is a rollout already: an app, or each CDK stage of it, has one. Remove one of them."]);
    }
    for (const [phase, hook] of Object.entries(props.hooks ?? {})) hook.runIn(phase as HookPhase);
    for (const alarm of props.alarms ?? []) watchAlarm(alarm);
    for (const target of props.notifications ?? []) addNotification(target);
  }

  /** A wrong policy is refused in every stage; a stage for development takes the new versions at once all the same. */
  #shape(policy: RolloutPolicyName | RolloutShape): RolloutShape {
    const shape = typeof policy === "string" ? namedShape(policy) : policy;
    addProblems(this, stepProblems(shape.steps));
    return stageSettings(this).development ? namedShape("AllAtOnce") : shape;
  }

  #codeDeploy(props: RolloutProps, policy: RolloutPolicy): Partial<ReleaseTerms> {
    const config = toCodeDeployConfig(policy);
    const unfit = "problem" in config ? [`policy: ${config.problem}`] : [];
    addProblems(this, [...codeDeployProblems(props), ...unfit]);
    Annotations.of(this).addWarningV2("tidegate:codeDeployMode", codeDeployWarning(props));
    return { codeDeploy: { alarms: props.alarms ?? [], hooks: props.hooks ?? {} } };
  }
}

function analysisPolicy(options: AnalysisOptions | false | undefined, shape: RolloutShape): AnalysisPolicy | undefined {
  if (options === false || (options === undefined && shape.steps.length === 0)) return undefined;
  return {
    minInvocations: options?.minInvocations ?? 50,
    ...(options?.maxErrorRate === undefined ? {} : { maxErrorRate: options.maxErrorRate }),
    falseAlarmRate: options?.falseAlarmRate ?? 0.01,
    maxWaitMs: (options?.maxWait ?? Duration.hours(1)).toMilliseconds(),
    onInconclusive: options?.onInconclusive ?? "pause",
    ...(options?.onQuiet === undefined ? {} : { onQuiet: options.onQuiet }),
  };
}

/** An alarm of the app is told by the stack that holds it, one from elsewhere by the stack that its construct is in. */
function watchAlarm(alarm: IAlarm): void {
  const { defaultChild } = alarm.node;
  const { path } = alarm.node;
  const owned = CfnResource.isCfnResource(defaultChild) ? (defaultChild as CfnElement) : undefined;
  ReleaseRegistry.of(alarm).addAlarm(() =>
    owned === undefined
      ? { path, alarmName: Stack.of(alarm).resolve(alarm.alarmName) as string }
      : { path, resource: logicalIdOf(owned) },
  );
}
