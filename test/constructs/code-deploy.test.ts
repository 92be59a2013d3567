import { createContext, runInContext } from "node:vm";
import { Duration } from "aws-cdk-lib";
import { Annotations, Match } from "aws-cdk-lib/assertions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CODE_DEPLOY_HOOK_SOURCE } from "../../lib/constructs/code-deploy-hook.ts";
import { Function, HookFunction, Rollout, type RolloutProps } from "../../lib/index.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { HELLO, normalised, templateOf, testStack } from "../helpers/template.ts";

const minutes = (count: number) => Duration.minutes(count);

function handedOver(props: Omit<RolloutProps, "mode">, shift?: "all-at-once") {
  const { app, stack } = testStack();
  const fn = new Function(stack, "F", { entry: HELLO, shift });
  new Rollout(app, "Rollout", { ...props, mode: "codeDeploy" });
  return { app, stack, fn };
}

const configOf = (props: Omit<RolloutProps, "mode">, shift?: "all-at-once") => {
  const template = templateOf(handedOver(props, shift).stack);
  const [group] = Object.values(template.findResources("AWS::CodeDeploy::DeploymentGroup")) as {
    Properties: { DeploymentConfigName: unknown };
  }[];
  const [config] = Object.values(template.findResources("AWS::CodeDeploy::DeploymentConfig")) as {
    Properties: { TrafficRoutingConfig: unknown };
  }[];
  return config?.Properties.TrafficRoutingConfig ?? group!.Properties.DeploymentConfigName;
};

describe("an alias that CodeDeploy moves", () => {
  test("follows the version of its template, with no pin and no release", () => {
    const { stack } = handedOver({ policy: "Canary10Percent5Minutes" });
    const json = templateOf(stack).toJSON() as { Parameters: object; Conditions?: object; Metadata?: object };
    expect(JSON.stringify(json)).not.toContain("LiveVersion");
    expect(json.Conditions).toBeUndefined();
    expect(json.Metadata ?? {}).toEqual({});
    templateOf(stack).hasResource("AWS::Lambda::Alias", {
      Properties: { FunctionVersion: { "Fn::GetAtt": [Match.stringLikeRegexp("^FVersion"), "Version"] } },
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          ApplicationName: { Ref: Match.stringLikeRegexp("^CodeDeployApplication") },
          DeploymentGroupName: { Ref: Match.stringLikeRegexp("^FDeploymentGroup") },
        },
      },
    });
  });

  test("has its own group in one application, with the app's alarms and automatic rollback", () => {
    const { app, stack } = testStack();
    const fn = new Function(stack, "F", { entry: HELLO });
    new Function(stack, "G", { entry: HELLO });
    const alarm = fn.metricErrors().createAlarm(stack, "Errors", { threshold: 1, evaluationPeriods: 1 });
    new Rollout(app, "Rollout", { mode: "codeDeploy", policy: "Linear10PercentEvery1Minute", alarms: [alarm] });
    const template = templateOf(stack);
    template.resourceCountIs("AWS::CodeDeploy::Application", 1);
    template.resourceCountIs("AWS::CodeDeploy::DeploymentGroup", 2);
    template.allResourcesProperties("AWS::CodeDeploy::DeploymentGroup", {
      DeploymentConfigName: "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
      DeploymentStyle: { DeploymentType: "BLUE_GREEN", DeploymentOption: "WITH_TRAFFIC_CONTROL" },
      AlarmConfiguration: { Enabled: true, Alarms: [{ Name: "Test-Test-Errors" }] },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"],
      },
    });
  });

  test("may be declared before the rollout, or after", () => {
    const { app, stack } = testStack();
    new Function(stack, "Before", { entry: HELLO });
    new Rollout(app, "Rollout", { mode: "codeDeploy" });
    new Function(stack, "After", { entry: HELLO });
    templateOf(stack).resourceCountIs("AWS::CodeDeploy::DeploymentGroup", 2);
  });

  test("renders the same every time", () => {
    const { stack } = handedOver({ policy: Rollout.canary({ percent: 7, bake: minutes(3) }) });
    expect(normalised(templateOf(stack))).toMatchSnapshot();
  });
});

describe("its configuration", () => {
  test.each<[string, Omit<RolloutProps, "mode">, unknown]>([
    ["all at once", {}, "CodeDeployDefault.LambdaAllAtOnce"],
    ["a standard canary", { policy: "Canary10Percent30Minutes" }, "CodeDeployDefault.LambdaCanary10Percent30Minutes"],
    [
      "another canary",
      { policy: Rollout.canary({ percent: 5, bake: minutes(7) }) },
      { Type: "TimeBasedCanary", TimeBasedCanary: { CanaryPercentage: 5, CanaryInterval: 7 } },
    ],
    [
      "another linear one",
      { policy: Rollout.linear({ percent: 30, every: minutes(2) }) },
      { Type: "TimeBasedLinear", TimeBasedLinear: { LinearPercentage: 30, LinearInterval: 2 } },
    ],
  ])("is that of %s", (_name, props, expected) => {
    expect(configOf(props)).toEqual(expected);
  });

  test("is all at once for a function that opts out", () => {
    expect(configOf({ policy: "Canary10Percent5Minutes" }, "all-at-once")).toBe("CodeDeployDefault.LambdaAllAtOnce");
  });

  const steps = (...percents: number[]) => Rollout.steps(percents.map((percent) => ({ percent, bake: minutes(5) })));
  test.each<[string, Omit<RolloutProps, "mode">, string]>([
    ["shares are not equal", { policy: steps(5, 50) }, "CodeDeploy knows one step, or equal steps"],
    ["equal shares stop early", { policy: steps(10, 20) }, "CodeDeploy knows one step, or equal steps"],
    ["a share is not a whole percent", { policy: steps(2.5) }, "whole percents and whole minutes"],
    [
      "a time is not a whole minute",
      { policy: Rollout.canary({ percent: 5, bake: Duration.seconds(90) }) },
      "whole percents and whole minutes",
    ],
    ["it takes days", { policy: Rollout.linear({ percent: 1, every: minutes(60) }) }, "48 hours"],
  ])("fails when %s", (_name, props, message) => {
    const { app } = handedOver(props);
    expect(() => app.synth()).toThrow(message);
  });
});

describe("hooks", () => {
  const withHooks = (phases: readonly ("preTraffic" | "perStep" | "postTraffic" | "onRollback")[]) => {
    const { app, stack } = testStack();
    new Function(stack, "F", { entry: HELLO });
    const smoke = new HookFunction(stack, "Smoke", { entry: HELLO, timeout: Duration.seconds(40) });
    const hooks = Object.fromEntries(phases.map((phase) => [phase, smoke]));
    new Rollout(app, "Rollout", { mode: "codeDeploy", app: "shop", hooks });
    return { app, stack };
  };

  test("before and after the traffic are asked by functions that call CodeDeploy back", () => {
    const template = templateOf(withHooks(["preTraffic", "postTraffic"]).stack);
    template.hasResource("AWS::Lambda::Alias", {
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          BeforeAllowTrafficHook: { Ref: Match.stringLikeRegexp("^FBeforeAllowTraffic") },
          AfterAllowTrafficHook: { Ref: Match.stringLikeRegexp("^FAfterAllowTraffic") },
        },
      },
    });
    template.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: Match.stringLikeRegexp("^CodeDeployHook_Test-F-[0-9a-f]{12}$"),
      Timeout: 55,
      Environment: { Variables: { HOOK: { Ref: Match.stringLikeRegexp("^SmokeFunction") } } },
    });
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: "codedeploy:PutLifecycleEventHookExecutionStatus" })]),
      },
    });
  });

  test("make no circle, although they may call the members, which call each other", () => {
    const { app, stack } = testStack();
    const [caller, callee] = ["F", "G"].map((id) => new Function(stack, id, { entry: HELLO })) as [Function, Function];
    callee.grantInvoke(caller);
    const smoke = new HookFunction(stack, "Smoke", { entry: HELLO });
    const alarm = caller.metricErrors().createAlarm(stack, "Errors", { threshold: 1, evaluationPeriods: 1 });
    const hooks = { preTraffic: smoke, postTraffic: smoke };
    new Rollout(app, "Rollout", { mode: "codeDeploy", hooks, alarms: [alarm] });
    expect(findCircle(templateOf(stack).toJSON() as Parameters<typeof findCircle>[0])).toBeUndefined();
  });

  test.each(["perStep", "onRollback"] as const)("fails when there is one for %s: it would never be asked", (phase) => {
    expect(() => withHooks([phase]).app.synth()).toThrow(`hooks.${phase}: CodeDeploy calls hooks before and after`);
  });

  test.each([
    ["passed", { Payload: Buffer.from('{"status":"passed"}') }, "Succeeded"],
    ["failed", { Payload: Buffer.from('{"status":"failed","reason":"no"}') }, "Failed"],
    ["nonsense", { Payload: Buffer.from("passed") }, "Failed"],
    ["a crash", { FunctionError: "Unhandled", Payload: Buffer.from('{"status":"passed"}') }, "Failed"],
    ["nothing", new Error("timed out"), "Failed"],
  ])("%s is reported as it must be, always", async (_name, answer, status) => {
    const asked: { service: string; input: Record<string, unknown> }[] = [];
    await runHook(answer, asked);
    expect(asked.map(({ service }) => service)).toEqual(["lambda", "codedeploy"]);
    expect(JSON.parse(String(asked[0]!.input["Payload"]))).toEqual({
      app: "shop",
      stage: "",
      phase: "preTraffic",
      release: "d-1",
      idempotencyKey: "d-1/preTraffic/Test/F",
      members: [{ kind: "function", path: "Test/F", stable: null }],
    });
    expect(asked[1]!.input).toEqual({ deploymentId: "d-1", lifecycleEventHookExecutionId: "hook-1", status });
  });
});

interface RawResource {
  readonly DependsOn?: readonly string[];
  readonly Properties?: unknown;
  readonly UpdatePolicy?: unknown;
}

/** What CloudFormation refuses: resources that wait for one another, through update policies as well. */
function findCircle({ Resources }: { Resources: Record<string, RawResource> }): string | undefined {
  const needs = new Map(
    Object.entries(Resources).map(([id, { DependsOn = [], Properties, UpdatePolicy }]) => {
      const text = JSON.stringify({ Properties, UpdatePolicy });
      const named = [...text.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map(([, name]) => name!);
      return [id, [...DependsOn, ...named].filter((name) => name in Resources)] as const;
    }),
  );
  for (let found = true; found;) {
    found = false;
    for (const [id, others] of needs) {
      if (others.some((other) => needs.has(other))) continue;
      needs.delete(id);
      found = true;
    }
  }
  return needs.size === 0 ? undefined : [...needs.keys()].join(", ");
}

/** Runs the function between CodeDeploy and a hook, with clients that note what they are asked. */
async function runHook(answer: object, asked: { service: string; input: Record<string, unknown> }[]): Promise<void> {
  const client = (service: string, reply: object) =>
    class {
      send({ input }: { input: Record<string, unknown> }): Promise<object> {
        asked.push({ service, input });
        return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
      }
    };
  class Command {
    readonly input: unknown;
    constructor(input: unknown) {
      this.input = input;
    }
  }
  const modules: Record<string, object> = {
    "@aws-sdk/client-codedeploy": {
      CodeDeployClient: client("codedeploy", {}),
      PutLifecycleEventHookExecutionStatusCommand: Command,
    },
    "@aws-sdk/client-lambda": { LambdaClient: client("lambda", answer), InvokeCommand: Command },
  };
  const members = [{ kind: "function", path: "Test/F", stable: null }];
  const RELEASE = JSON.stringify({ app: "shop", stage: "", phase: "preTraffic", members });
  const exported: { handler?: (event: object) => Promise<void> } = {};
  const process = { env: { HOOK: "smoke", RELEASE } };
  const quiet = { log: () => undefined, error: () => undefined };
  const context = createContext({
    exports: exported,
    require: (name: string) => modules[name],
    process,
    Buffer,
    console: quiet,
  });
  runInContext(CODE_DEPLOY_HOOK_SOURCE, context);
  await exported.handler!({ DeploymentId: "d-1", LifecycleEventHookExecutionId: "hook-1" });
}

test("synthesis warns of lost features, and of settings without effect", () => {
  const { app, stack } = testStack();
  new Function(stack, "F", { entry: HELLO });
  const notifications = [new Topic(stack, "Releases")];
  const rollout = new Rollout(stack, "Rollout", { mode: "codeDeploy", finalBake: minutes(5), notifications });
  app.synth();
  const [warning] = Annotations.fromStack(stack).findWarning(`/${rollout.node.path}`, Match.anyValue());
  for (const words of ["no lockstep", "no release", "no analysis", "finalBake", "notifications", "the local cloud"])
    expect(JSON.stringify(warning!.entry.data)).toContain(words);
  expect(JSON.stringify(warning!.entry.data)).not.toContain("keepVersions");
});

describe("the local cloud", () => {
  let cloud: TestCloud;
  beforeAll(async () => void (cloud = await startTestCloud()));
  afterAll(() => cloud.stop());

  test("refuses such a template by the names of its types, before anything is made", async () => {
    const cloudFormation = cloud.client(CloudFormationClient);
    const TemplateBody = JSON.stringify(templateOf(handedOver({}).stack).toJSON());
    const Capabilities = ["CAPABILITY_IAM" as const];
    await expect(
      cloudFormation.send(new CreateStackCommand({ StackName: "shop", TemplateBody, Capabilities })),
    ).rejects.toThrow(/AWS::CodeDeploy::Application/);
    await expect(cloudFormation.send(new DescribeStacksCommand({ StackName: "shop" }))).rejects.toThrow(
      "does not exist",
    );
  });
});
