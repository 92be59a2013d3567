import { Annotations, type CfnElement, CfnResource, Duration, Stack, Stage } from "aws-cdk-lib";
import type { IAlarm, IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { type HookPhase, type RolloutPolicy, VERSION_PLACEHOLDER } from "../assembly/release-metadata.ts";
import { toCodeDeployConfig } from "./code-deploy-config.ts";
import { codeDeployProblems, codeDeployWarning } from "./code-deploy-losses.ts";
import type { AnalysisOptions } from "./rollout-analysis.ts";
import { givenProps, refusePlainDurations } from "./given-props.ts";
import { refuseUnknownProps } from "./known-props.ts";
import { addCheck, addProblems } from "./problems.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";
import { analysisPolicy } from "./rollout-analysis.ts";
import { type ReleaseTerms, trySetReleaseTerms } from "./release-terms.ts";
import { type CompareOptions, functionIdOf, placeComparison, type RolloutComparison } from "./rollout-comparison.ts";
import { addNotification } from "./rollout-notifications.ts";
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
import { ROLLOUT_PROPS, type RolloutProps } from "./rollout-props.ts";
import { rolloutProblems, stepProblems } from "./rollout-rules.ts";
import { stageSettings } from "./stage-settings.ts";

/**
 * How the aliases of an app move together. Attach one to the app, to a CDK stage, or to any of its stacks: it applies
 * for all functions that are deployed together. Without one, they move all at once.
 */
export class Rollout extends Construct {
  /** One share of the traffic, then all of it. */
  static canary(options: CanaryOptions): RolloutShape {
    refusePlainDurations("Rollout.canary", options);
    return canaryShape(options);
  }

  /** Equal shares, one after the other. */
  static linear(options: LinearOptions): RolloutShape {
    refusePlainDurations("Rollout.linear", options);
    return linearShape(options);
  }

  /** Any strictly rising shares. */
  static steps(steps: readonly StepOptions[]): RolloutShape {
    for (const [index, step] of steps.entries()) refusePlainDurations("Rollout.steps", step, `${index}.`);
    return stepsShape(steps);
  }

  /** Placeholder for the version's number in the dimensions of a metric that is compared. */
  static readonly version: string = VERSION_PLACEHOLDER;

  /**
   * Compares a CloudWatch metric, or a metric expression, of each new version with the stable version's over the same
   * minutes, for `analysis.comparisons`. A dimension of the metric names the version by `Rollout.version`:
   *
   *     Rollout.compare(
   *       new Metric({
   *         namespace: "Shop",
   *         metricName: "PaymentsFailed",
   *         statistic: "Sum",
   *         dimensionsMap: { FunctionName: pay.lambda.functionName, ExecutedVersion: Rollout.version },
   *       }),
   *       { direction: "lower-is-better" },
   *     )
   *
   * `Sum` and `SampleCount` are compared by the call, `Average` by the observation, a percentile by how many observations
   * are beyond it; an expression that divides counts (`100 * failed / orders`) by what it divides by, any other minute by
   * minute.
   */
  static compare(metric: IMetric, options: CompareOptions): RolloutComparison {
    return { metric, ...options };
  }

  constructor(scope: Construct, id: string, props: RolloutProps = {}) {
    super(scope, id);
    refuseUnknownProps(this, givenProps(scope, id, props), ROLLOUT_PROPS.all);
    refuseUnknownProps(this, props.analysis || {}, ROLLOUT_PROPS.analysis, "analysis");
    refusePlainAnalysis(this.node.path, props.analysis || {});
    refuseUnknownProps(this, props.hooks ?? {}, ROLLOUT_PROPS.hooks, "hooks");
    const shape = this.#shape(props.policy ?? "AllAtOnce");
    const finalBakeMs = stageSettings(this).development ? 0 : (props.finalBake?.toMilliseconds() ?? 0);
    const terms = {
      policy: { ...shape, finalBakeMs },
      analysis: analysisPolicy(props.analysis, shape),
      keepVersions: props.keepVersions ?? 5,
      ...this.#watch(props),
    };
    addProblems(this, rolloutProblems(terms));
    const codeDeploy = props.mode === "codeDeploy" ? this.#codeDeploy(props, terms.policy) : {};
    const named = props.app === undefined ? {} : { app: props.app };
    if (!trySetReleaseTerms(this, { ...terms, ...named, ...codeDeploy })) {
      addProblems(this, ["there is a rollout already: an app, or each CDK stage of it, has one. Remove one of them."]);
    }
    for (const [phase, hook] of Object.entries(props.hooks ?? {})) hook?.runIn(phase as HookPhase);
    for (const alarm of props.alarms ?? []) watchAlarm(alarm);
    for (const comparison of (props.analysis || {}).comparisons ?? []) this.#compare(comparison);
    for (const target of props.notifications ?? []) addNotification(target);
  }

  #compare(comparison: RolloutComparison): void {
    const { placed, problems } = placeComparison(comparison);
    addProblems(this, problems);
    if (placed === undefined) return;
    const registry = ReleaseRegistry.of(placed.function);
    registry.addComparison(() => functionIdOf(placed), placed.render);
    addCheck(this, () => registry.comparisonProblems());
  }

  /** Stages for development are not watched; their app may do without a driver. */
  #watch({ watch, onWatchFailure, mode }: RolloutProps): Pick<ReleaseTerms, "watch"> {
    const isGiven = watch !== undefined;
    const isTooShort = isGiven && watch.toMilliseconds() < MIN_WATCH.toMilliseconds();
    addProblems(this, [
      ...(isTooShort
        ? [`watch: ${watch.toSeconds()} seconds. Give five minutes or more, such as Duration.hours(2).`]
        : []),
      ...(onWatchFailure !== undefined && !["rollback", "notify"].includes(onWatchFailure)
        ? [`onWatchFailure: ${JSON.stringify(onWatchFailure)}. Give "rollback" or "notify".`]
        : []),
      ...(onWatchFailure !== undefined && !isGiven
        ? ["onWatchFailure: it needs `watch`. Give `watch`, such as Duration.hours(2), or leave it out."]
        : []),
    ]);
    if (!isGiven || mode === "codeDeploy" || stageSettings(this).development) return {};
    addCheck(this, () => (hasDriver(this) ? [] : [NO_DRIVER]));
    return { watch: { durationMs: watch.toMilliseconds(), onFailure: onWatchFailure ?? "rollback" } };
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

const MIN_WATCH = Duration.minutes(5);
const NO_DRIVER =
  'watch: it runs in the account, and the app has no ReleaseDriver. Add `new ReleaseDriver(stack, "Driver")` to one of its stacks, or leave `watch` out.';

function hasDriver(rollout: Rollout): boolean {
  const scope = Stage.of(rollout) ?? rollout.node.root;
  const stacks = scope.node.findAll().filter((one) => Stack.isStack(one));
  return stacks.some((stack) => ReleaseRegistry.of(stack).hasDriver());
}

/** An alarm of the app is reported by the stack that holds it, an imported alarm by the stack of its construct. */
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

function refusePlainAnalysis(path: string, analysis: AnalysisOptions): void {
  refusePlainDurations(path, analysis, "analysis.");
  refusePlainDurations(path, analysis.latency || {}, "analysis.latency.");
}
