import { CfnParameter, Duration, Stack, Stage } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Alarm, MathExpression, Metric, type MetricProps } from "aws-cdk-lib/aws-cloudwatch";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Code, Function as PlainFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, test } from "vitest";
import {
  Function,
  HookFunction,
  ReleaseDriver,
  Rollout,
  type RolloutComparison,
  type RolloutPolicyName,
  type RolloutProps,
} from "../../lib/index.ts";
import { HELLO, releaseOf, templateOf, testStack } from "../helpers/template.ts";

function releaseWith(props: RolloutProps) {
  const { app, stack } = testStack();
  new Function(stack, "F", { entry: HELLO });
  new Rollout(app, "Rollout", props);
  return releaseOf(templateOf(stack));
}

const minutes = (count: number) => count * 60_000;

describe("a rollout", () => {
  test("is all at once when none is declared", () => {
    const { stack } = testStack();
    new Function(stack, "F", { entry: HELLO });
    const release = releaseOf(templateOf(stack));
    expect(release.policy).toEqual({ name: "AllAtOnce", steps: [], finalBakeMs: 0 });
    expect(release.keepVersions).toBe(5);
    expect(release).not.toHaveProperty("analysis");
  });

  test.each<[RolloutPolicyName, { percent: number; bakeMs: number }[]]>([
    ["AllAtOnce", []],
    ["Canary10Percent5Minutes", [{ percent: 10, bakeMs: minutes(5) }]],
    ["Canary10Percent30Minutes", [{ percent: 10, bakeMs: minutes(30) }]],
    [
      "Linear10PercentEvery1Minute",
      [10, 20, 30, 40, 50, 60, 70, 80, 90].map((percent) => ({ percent, bakeMs: minutes(1) })),
    ],
    [
      "Linear10PercentEvery10Minutes",
      [10, 20, 30, 40, 50, 60, 70, 80, 90].map((percent) => ({ percent, bakeMs: minutes(10) })),
    ],
  ])("knows the field's name %s", (policy, steps) => {
    expect(releaseWith({ policy }).policy).toEqual({ name: policy, steps, finalBakeMs: 0 });
  });

  test("takes a canary, equal steps, and any steps", () => {
    const bake = Duration.minutes(2);
    const steps = (props: RolloutProps) => releaseWith(props).policy.steps.map(({ percent }) => percent);
    expect(steps({ policy: Rollout.canary({ percent: 5, bake }) })).toEqual([5]);
    expect(steps({ policy: Rollout.linear({ percent: 30, every: bake }) })).toEqual([30, 60, 90]);
    expect(
      steps({
        policy: Rollout.steps([
          { percent: 1, bake },
          { percent: 50, bake },
        ]),
      }),
    ).toEqual([1, 50]);
  });

  test("says how versions are judged, kept and watched", () => {
    const release = releaseWith({
      policy: "Canary10Percent5Minutes",
      finalBake: Duration.minutes(1),
      keepVersions: 3,
      app: "shop",
      analysis: { maxErrorRate: 0.05, maxWait: Duration.minutes(10), onInconclusive: "rollback" },
    });
    expect(release).toMatchObject({
      app: "shop",
      keepVersions: 3,
      policy: { finalBakeMs: minutes(1) },
      analysis: {
        minInvocations: 50,
        maxErrorRate: 0.05,
        latency: { tolerance: 0.1 },
        falseAlarmRate: 0.01,
        maxWaitMs: minutes(10),
        onInconclusive: "rollback",
      },
    });
  });

  test("sets limits for durations and throttles, and can turn the judgement of durations off", () => {
    const policy = "Canary10Percent5Minutes";
    const latency = { tolerance: 0.2, maxP99: Duration.seconds(2) };
    expect(releaseWith({ policy, analysis: { latency, maxThrottleRate: 0.01 } }).analysis).toMatchObject({
      latency: { tolerance: 0.2, maxP99Ms: 2_000 },
      maxThrottleRate: 0.01,
    });
    expect(releaseWith({ policy, analysis: { slo: { objective: 0.999 } } }).analysis?.slo).toEqual({
      objective: 0.999,
      maxBurnRate: 14.4,
    });
    expect(releaseWith({ policy, analysis: { latency: false } }).analysis).not.toHaveProperty("latency");
  });

  test.each([
    ["dev", undefined, true],
    ["pr-42", undefined, true],
    ["sandbox-anna", undefined, true],
    ["prod", undefined, false],
    ["local", undefined, false],
    ["device", undefined, false],
    ["dev", { development: false }, false],
    ["demo", { development: true }, true],
  ])("in stage %s with %j in cdk.json: all at once %s, with any policy", (stage, settings, atOnce) => {
    const stages = settings === undefined ? {} : { [stage]: settings };
    const { app, stack } = testStack({ "tidegate:stage": stage, tidegate: { stages } });
    new Function(stack, "F", { entry: HELLO });
    new Rollout(app, "Rollout", { policy: "Canary10Percent5Minutes", finalBake: Duration.minutes(5) });
    const { policy, analysis } = releaseOf(templateOf(stack));
    expect(policy.steps).toHaveLength(atOnce ? 0 : 1);
    expect(policy.finalBakeMs).toBe(atOnce ? 0 : minutes(5));
    expect(analysis === undefined).toBe(atOnce);
  });

  test("records the smoke test of a function, and the verdict for a quiet one", () => {
    const { app, stack } = testStack();
    const event = { rawPath: "/health" };
    new Function(stack, "F", { entry: HELLO, smokeTest: { event } });
    new Rollout(app, "Rollout", { policy: "Canary10Percent5Minutes", analysis: { onQuiet: "wait" } });
    const release = releaseOf(templateOf(stack));
    expect(release.members[0]).toMatchObject({ smokeTest: { event } });
    expect(release.analysis?.onQuiet).toBe("wait");
  });

  test("has its app's name from cdk.json, else from package.json", () => {
    const named = testStack({ tidegate: { app: "shop" } }).stack;
    new Function(named, "F", { entry: HELLO });
    expect(releaseOf(templateOf(named)).app).toBe("shop");
    expect(releaseWith({}).app).toBe("tidegate");
  });

  test("calls hooks that may invoke every version of the members and are not members themselves", () => {
    const { app, stack } = testStack();
    new Function(stack, "Before", { entry: HELLO });
    const smoke = new HookFunction(stack, "Smoke", { entry: HELLO, timeout: Duration.seconds(90) });
    new Function(stack, "After", { entry: HELLO });
    new Rollout(app, "Rollout", { hooks: { preTraffic: smoke, onRollback: smoke } });
    const template = templateOf(stack);
    const release = releaseOf(template);
    expect(release.members.map(({ path }) => path)).toEqual(["Test/Before", "Test/After"]);
    expect(release.hooks.map(({ phase, path, timeoutMs }) => [phase, path, timeoutMs])).toEqual([
      ["preTraffic", "Test/Smoke", 90_000],
      ["onRollback", "Test/Smoke", 90_000],
    ]);
    const arnOf = (resource: string) => ({ "Fn::Join": ["", [{ "Fn::GetAtt": [resource, "Arn"] }, ":*"]] });
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: [
          { Action: "lambda:InvokeFunction", Resource: release.members.map(({ resource }) => arnOf(resource)) },
        ],
      },
    });
  });

  test("watches alarms of the app, and imported ones", () => {
    const { app, stack } = testStack();
    const fn = new Function(stack, "F", { entry: HELLO });
    const own = fn.metricErrors().createAlarm(stack, "Errors", { threshold: 1, evaluationPeriods: 1 });
    const other = Alarm.fromAlarmName(stack, "Other", "orders-red");
    new Rollout(app, "Rollout", { alarms: [own, other] });
    expect(releaseOf(templateOf(stack)).alarms).toEqual([
      { path: "Test/Errors", resource: expect.stringMatching(/^Errors/) },
      { path: "Test/Other", alarmName: "orders-red" },
    ]);
  });

  test("notifies topics and buses of the app, and imported ones", () => {
    const { app, stack } = testStack();
    new Function(stack, "F", { entry: HELLO });
    const notifications = [
      new Topic(stack, "Releases"),
      new EventBus(stack, "Bus"),
      Topic.fromTopicArn(stack, "Ops", "arn:aws:sns:eu-west-1:123456789012:ops"),
      EventBus.fromEventBusName(stack, "Shared", "shared"),
    ];
    new Rollout(app, "Rollout", { notifications });
    expect(releaseOf(templateOf(stack)).notifications).toEqual([
      { path: "Test/Releases", kind: "topic", resource: expect.stringMatching(/^Releases/) },
      { path: "Test/Bus", kind: "event-bus", resource: expect.stringMatching(/^Bus/) },
      { path: "Test/Ops", kind: "topic", arn: "arn:aws:sns:eu-west-1:123456789012:ops" },
      {
        path: "Test/Shared",
        kind: "event-bus",
        arn: "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/shared",
      },
    ]);
  });

  test("fails when the ARN of a topic is only known to CloudFormation", () => {
    const { app, stack } = testStack();
    const arn = new CfnParameter(stack, "Arn").valueAsString;
    new Rollout(app, "Rollout", { notifications: [Topic.fromTopicArn(stack, "Ops", arn)] });
    expect(() => app.synth()).toThrow("the rollout cannot notify Test/Ops");
  });

  test("holds for all stacks of the app, and each CDK stage may have its own", () => {
    const { app, stack } = testStack();
    new Function(stack, "F", { entry: HELLO });
    const stage = new Stage(app, "Prod");
    const inStage = new Stack(stage, "Stack");
    new Function(inStage, "F", { entry: HELLO });
    new Rollout(app, "Rollout", { policy: "Canary10Percent5Minutes" });
    new Rollout(stage, "Rollout", { policy: "Linear10PercentEvery1Minute" });
    expect(releaseOf(Template.fromStack(stack)).policy.name).toBe("Canary10Percent5Minutes");
    expect(releaseOf(Template.fromStack(inStage)).policy.name).toBe("Linear10PercentEvery1Minute");
  });

  test("fails when there are two for one app", () => {
    const { app, stack } = testStack();
    new Rollout(stack, "One");
    new Rollout(app, "Two");
    expect(() => app.synth()).toThrow("[Two] there is a rollout already");
  });

  const bake = Duration.minutes(1);
  test.each<[string, RolloutProps, string]>([
    ["a share is all of it", { policy: Rollout.canary({ percent: 100, bake }) }, "policy: step 1 has 100 percent."],
    [
      "a share is not a number",
      { policy: Rollout.canary({ percent: Number.NaN, bake }) },
      "policy: step 1 has NaN percent.",
    ],
    [
      "a linear share is nothing",
      { policy: Rollout.linear({ percent: 0, every: bake }) },
      "policy: step 1 has 0 percent.",
    ],
    [
      "steps do not rise",
      {
        policy: Rollout.steps([
          { percent: 20, bake },
          { percent: 20, bake },
        ]),
      },
      "policy: step 2 has 20 percent after 20. Steps rise strictly.",
    ],
    [
      "a step is not watched",
      { policy: Rollout.canary({ percent: 10, bake: Duration.seconds(0) }) },
      "policy: step 1 is watched for 0 ms.",
    ],
    ["a rollback would have nothing to return to", { keepVersions: 1 }, "keepVersions: 1."],
    ["an error rate is a percentage", { analysis: { maxErrorRate: 5 } }, "analysis.maxErrorRate: 5."],
  ])("fails when %s", (_, props, message) => {
    expect(() => releaseWith(props)).toThrow(message);
  });
});

describe("a comparison of metrics", () => {
  function appWith(compare: (fn: Function, stack: Stack) => RolloutComparison) {
    const { app, stack } = testStack();
    const fn = new Function(stack, "F", { entry: HELLO });
    const comparisons = [compare(fn, stack)];
    new Rollout(app, "Rollout", { policy: "Canary10Percent5Minutes", analysis: { comparisons } });
    return stack;
  }
  const metricOf = (fn: Function, more: Partial<MetricProps> = {}) =>
    new Metric({
      namespace: "Shop",
      metricName: "Failed",
      statistic: "Sum",
      dimensionsMap: {
        FunctionName: fn.lambda.functionName,
        Resource: `${fn.lambda.functionName}:live`,
        ExecutedVersion: Rollout.version,
      },
      ...more,
    });
  const lower = { direction: "lower-is-better" } as const;

  test("belongs to the function that its dimensions name, by logical ids", () => {
    const stack = appWith((fn) => Rollout.compare(metricOf(fn), lower));
    const [member] = releaseOf(templateOf(stack)).members;
    expect(member?.comparisons).toEqual([
      {
        name: "Failed (Sum)",
        direction: "lower-is-better",
        tolerance: 0.1,
        queries: [
          {
            id: "compared",
            namespace: "Shop",
            metric: "Failed",
            stat: "Sum",
            dimensions: {
              FunctionName: `\${${member?.resource}}`,
              Resource: `\${${member?.resource}}:live`,
              ExecutedVersion: "${Tidegate::Version}",
            },
          },
        ],
      },
    ]);
  });

  test("takes expressions of several metrics, and a function that no dimension names", () => {
    const dimensionsMap = { service: "shop", version: Rollout.version };
    const stack = appWith((fn) => {
      const [failed, orders] = ["Failed", "Orders"].map((metricName) => metricOf(fn, { metricName, dimensionsMap }));
      const usingMetrics = { failed: failed!, orders: orders! };
      const rate = new MathExpression({ expression: "100 * failed / orders", usingMetrics, label: "failed orders" });
      return Rollout.compare(rate, { ...lower, of: fn, tolerance: 0.5 });
    });
    const [comparison] = releaseOf(templateOf(stack)).members[0]?.comparisons ?? [];
    expect(comparison).toMatchObject({
      name: "failed orders",
      tolerance: 0.5,
      queries: [
        { id: "compared", expression: "100 * failed / orders" },
        { id: "failed", metric: "Failed", dimensions: { service: "shop", version: "${Tidegate::Version}" } },
        { id: "orders", metric: "Orders" },
      ],
    });
  });

  test.each<[string, (fn: Function, stack: Stack) => RolloutComparison, RegExp]>([
    [
      "no dimension names the version",
      (fn) => Rollout.compare(metricOf(fn, { dimensionsMap: { FunctionName: fn.lambda.functionName } }), lower),
      /Failed \(Sum\): no dimension names the version: it has FunctionName\. Give .* \{ ExecutedVersion: Rollout\.version \}/,
    ],
    [
      "the statistic depends on the traffic",
      (fn) => Rollout.compare(metricOf(fn, { statistic: "Maximum" }), lower),
      /statistic: Maximum\. Give Sum, SampleCount, Average or a percentile such as p90/,
    ],
    [
      "the tolerance is negative",
      (fn) => Rollout.compare(metricOf(fn), { ...lower, tolerance: -0.1 }),
      /tolerance: -0\.1\. Give 0 or more, such as 0\.1 for a tenth\./,
    ],
    [
      "everything would be tolerated",
      (fn) => Rollout.compare(metricOf(fn), { direction: "higher-is-better", tolerance: 1 }),
      /tolerance: 1\. Give a number from 0 on and below 1/,
    ],
    [
      "no function is named",
      (fn) => Rollout.compare(metricOf(fn, { dimensionsMap: { version: Rollout.version } }), lower),
      /none of its dimensions names a function of this app\. Give .* as `of: create`/,
    ],
    [
      "the function has no alias",
      (_fn, stack) => {
        const code = Code.fromInline("exports.handler = async () => 1");
        const plain = new PlainFunction(stack, "Plain", {
          code,
          runtime: Runtime.NODEJS_LATEST,
          handler: "index.handler",
        });
        const dimensionsMap = { FunctionName: plain.functionName, ExecutedVersion: Rollout.version };
        return Rollout.compare(
          new Metric({ namespace: "Shop", metricName: "Failed", statistic: "Sum", dimensionsMap }),
          lower,
        );
      },
      /the function Plain\w+ has no alias that the release moves/,
    ],
    [
      "a dimension is only known to CloudFormation",
      (fn, stack) => {
        const parameter = new CfnParameter(stack, "Team");
        const dimensionsMap = { team: parameter.valueAsString, version: Rollout.version };
        return Rollout.compare(metricOf(fn, { dimensionsMap }), { ...lower, of: fn });
      },
      /its dimension team is only known to CloudFormation, or belongs to another stack/,
    ],
    [
      "the expression looks for metrics",
      (fn) =>
        Rollout.compare(
          new MathExpression({ expression: "SUM(METRICS()) / failed", usingMetrics: { failed: metricOf(fn) } }),
          lower,
        ),
      /its expression looks for metrics\. Name each metric in usingMetrics/,
    ],
  ])("is refused when %s", (_name, compare, message) => {
    expect(() => templateOf(appWith(compare))).toThrow(message);
  });

  test("is refused when another one of the function has its name", () => {
    const { app, stack } = testStack();
    const fn = new Function(stack, "F", { entry: HELLO });
    const comparisons = [Rollout.compare(metricOf(fn), lower), Rollout.compare(metricOf(fn), lower)];
    new Rollout(app, "Rollout", { policy: "Canary10Percent5Minutes", analysis: { comparisons } });
    expect(() => templateOf(stack)).toThrow(/Failed \(Sum\): two comparisons of one function have this name/);
  });
});

describe("a watch after the success", () => {
  function appWith(props: RolloutProps, stage = "local") {
    const { app, stack } = testStack({ "tidegate:stage": stage });
    new Function(stack, "F", { entry: HELLO });
    new ReleaseDriver(stack, "Driver");
    new Rollout(app, "Rollout", props);
    return stack;
  }

  test("is recorded with its action on failure", () => {
    const watch = Duration.hours(2);
    expect(releaseOf(templateOf(appWith({ watch }))).watch).toEqual({ durationMs: 7_200_000, onFailure: "rollback" });
    expect(releaseOf(templateOf(appWith({ watch, onWatchFailure: "notify" }))).watch?.onFailure).toBe("notify");
    expect(releaseOf(templateOf(appWith({ watch }, "dev"))).watch).toBeUndefined();
    expect(releaseOf(templateOf(appWith({}))).watch).toBeUndefined();
  });

  test("is refused without a driver to watch it, and where it makes no sense", () => {
    const { app, stack } = testStack();
    new Function(stack, "F", { entry: HELLO });
    new Rollout(app, "Rollout", { watch: Duration.hours(2) });
    expect(() => templateOf(stack)).toThrow(
      /the app has no ReleaseDriver\. Add `new ReleaseDriver\(stack, "Driver"\)`/,
    );
    expect(() => templateOf(appWith({ watch: Duration.seconds(30) }))).toThrow(/watch: 30 seconds\. Give five minutes/);
    expect(() => templateOf(appWith({ onWatchFailure: "notify" }))).toThrow(/onWatchFailure: it needs `watch`/);
  });
});
