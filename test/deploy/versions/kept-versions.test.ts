import {
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CloudFormationClient, DescribeStacksCommand, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import { readFileSync } from "node:fs";
import { parseTemplate } from "../../../lib/assembly/read-template.ts";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { ListStateMachineVersionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CfnParameter, Fn } from "aws-cdk-lib";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, Pass } from "aws-cdk-lib/aws-stepfunctions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppStacks } from "../../../lib/deploy/app-stacks.ts";
import { diffStack } from "../../../lib/deploy/diff-stacks.ts";
import { Function, StateMachine } from "../../../lib/index.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/**
 * CloudFormation fails where it is to publish a version and Lambda sees no change. A deploy finds that out before, or
 * goes back and keeps the version: it ends SUCCEEDED, and nothing is published that holds the same.
 */

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
});

afterAll(() => app.stop());

async function versions(FunctionName: string): Promise<string[]> {
  const lambda = app.cloud.client(LambdaClient);
  const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
  return Versions.map(({ Version = "" }) => Version).filter((version) => version !== "$LATEST");
}

async function put(Value: string): Promise<void> {
  const input = { Name: "/kept/mode", Value, Type: "String" as const, Overwrite: true };
  await app.cloud.client(SSMClient).send(new PutParameterCommand(input));
}

/** The lines of the difference that name functions. */
async function diffOf(build: BuildApp): Promise<readonly string[]> {
  const { stacks } = app.synthesise(build);
  const options = { stacks, host: silent, signal: new AbortController().signal, parameters };
  return app.connected(async (target) => {
    const views = await new AppStacks({ target, ...options }).read();
    const diffs = await Promise.all(views.map(diffStack));
    return diffs.flatMap(({ lines }) => lines.filter((line) => /→|Version/.test(line)));
  });
}

const silent = { notify: () => undefined, ask: () => Promise.resolve(true) };
const parameters = { Mode: "a" };
const done = { exitCode: 0, release: { state: "SUCCEEDED" } };

/** A function whose variable MODE is written in different ways, with the same parameters each time. */
function written(write: (given: string, looked: string) => string, description?: string): BuildApp {
  return (stack) => {
    const given = new CfnParameter(stack, "Mode", { default: "a" });
    const looked = new CfnParameter(stack, "Looked", {
      type: "AWS::SSM::Parameter::Value<String>",
      default: "/kept/mode",
    });
    const MODE = write(given.valueAsString, looked.valueAsString);
    const environment = { MODE, KEEP: `${given.valueAsString}${looked.valueAsString}` };
    const code = inlineCode("return process.env.MODE;");
    new Function(stack, "Fn", { functionName: "written", code, environment, description });
  };
}

test("a value that is written in another way publishes nothing, and the next real change does", async () => {
  await put("a");
  const ways: ((given: string, looked: string) => string)[] = [
    (given) => given,
    (_given, looked) => looked,
    (given) => Fn.sub(`\${Value}`, { Value: given }),
    () => "{{resolve:ssm:/kept/mode:1}}",
    () => "a",
  ];
  expect(
    await app.deploy(
      written(() => "a"),
      { parameters },
    ),
  ).toMatchObject(done);
  expect(await diffOf(written((given) => given))).toEqual([
    "Inline/Fn: Environment written in another way → a new version only where a value differs",
  ]);
  for (const [way, write] of ways.entries()) {
    expect(await app.deploy(written(write), { parameters }), `way ${way}`).toMatchObject(done);
    expect(await versions("written")).toEqual(["1"]);
    const again = await app.deploy(written(write), { parameters });
    expect(again, `way ${way} again`).toMatchObject({ exitCode: 0, unchanged: true });
  }
  expect(app.messages.filter(({ code }) => code === "VersionExists")).toEqual([]);
  const changed = await app.deploy(
    written(() => "b"),
    { parameters },
  );
  expect(changed).toMatchObject(done);
  expect(await versions("written")).toEqual(["1", "2"]);
  expect(await app.call("written")).toMatchObject({ version: "2", answer: "b" });
});

test("a variable that is new makes a version of the stack, also where its value refers to a resource", async () => {
  const build =
    (hasQueue: boolean): BuildApp =>
    (stack) => {
      const queue = new Queue(stack, "Jobs");
      const environment: Record<string, string> = hasQueue ? { JOBS: queue.queueUrl } : {};
      new Function(stack, "Queued", { functionName: "reads-queue", code: inlineCode("return {};"), environment });
    };
  expect(await app.deploy(build(false))).toMatchObject(done);
  expect(await diffOf(build(true))).toEqual([
    expect.stringMatching(/^Inline\/Queued: Environment changed → new version/),
  ]);
  app.messages.length = 0;
  expect(await app.deploy(build(true))).toMatchObject(done);
  expect(await versions("reads-queue")).toEqual(["1", "2"]);
  expect(app.messages.filter(({ code }) => code === "VersionPublished")).toEqual([]);
});

test("another tool deploys the template too, but for a value that is only written in another way", async () => {
  const cloudformation = app.cloud.client(CloudFormationClient);
  const StackName = "Inline";
  const keeping = (names: readonly string[]) =>
    names.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true as const }));
  const status = async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.StackStatus;
  };
  const update = async (build: BuildApp) => {
    const [stack] = app.synthesise(build).stacks;
    const TemplateBody = readFileSync(stack?.templatePath ?? "", "utf8");
    const declared = Object.keys(parseTemplate(TemplateBody, "of the test").Parameters ?? {});
    const Parameters = keeping(declared.filter((name) => name !== "BootstrapVersion"));
    const input = { StackName, TemplateBody, Parameters, Capabilities: ["CAPABILITY_IAM" as const] };
    try {
      await cloudformation.send(new UpdateStackCommand(input));
    } catch (error) {
      return String(error);
    }
    await expect.poll(status, { timeout: 60_000 }).toMatch(/_COMPLETE$/);
    return status();
  };
  expect(
    await app.deploy(
      written(() => "b", "ours"),
      { parameters },
    ),
  ).toMatchObject(done);
  const served = (await app.call("written")).version;
  expect(await update(written(() => "b", "ours"))).toContain("No updates are to be performed");
  expect(await update(written(() => "c", "theirs"))).toBe("UPDATE_COMPLETE");
  expect(await update(written(() => "c", "theirs"))).toContain("No updates are to be performed");
  expect((await app.call("written")).version).toBe(served);
  // Nothing that a template can say keeps CloudFormation from failing here, with and without this deployer.
  expect(await update(written(() => "{{resolve:ssm:/kept/mode:1}}", "theirs"))).toBe("UPDATE_COMPLETE");
  expect(await update(written(() => "a", "theirs"))).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(
    await app.deploy(
      written(() => "a", "theirs"),
      { parameters },
    ),
  ).toMatchObject(done);
  expect(await app.call("written")).toMatchObject({ answer: "a" });
}, 120_000);

test("a value that may be another one is compared after the update, and published where it is", async () => {
  await put("c");
  const deployed = await app.deploy(
    written(() => "{{resolve:ssm:/kept/mode:2}}"),
    { parameters },
  );
  expect(deployed).toMatchObject(done);
  expect(await app.call("written")).toMatchObject({ answer: "c" });
});

test("a version that was published by hand is released where it is what the template says", async () => {
  await put("c");
  const build = (mode: string) => written(() => mode, "by hand");
  expect(await app.deploy(build("d"), { parameters })).toMatchObject(done);
  const before = await versions("written");
  const lambda = app.cloud.client(LambdaClient);
  const FunctionName = "written";
  const Variables = { KEEP: "ac", MODE: "e" };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  const publish = () => lambda.send(new PublishVersionCommand({ FunctionName })).catch(() => undefined);
  await expect.poll(publish, { timeout: 20_000 }).toBeDefined();
  const byHand = await publish();

  const deployed = await app.deploy(build("e"), { parameters });
  expect(deployed).toMatchObject(done);
  expect(app.messages.findLast(({ code }) => code === "VersionExists")?.text).toBe(
    "Lambda has what is deployed of Inline/Fn as a version already. The stack is updated again, and that version is released.",
  );
  expect(await versions("written")).toEqual([...before, byHand?.Version]);
  expect(await app.call("written")).toMatchObject({ version: byHand?.Version, answer: "e" });
  expect(await app.deploy(build("e"), { parameters })).toMatchObject({ exitCode: 0, unchanged: true });
});

test("provisioned concurrency changes on the version that is live", async () => {
  const build =
    (provisionedConcurrentExecutions: number | undefined, answer = 1): BuildApp =>
    (stack) => {
      const code = inlineCode(`return ${answer};`);
      new Function(stack, "Provisioned", { functionName: "provisioned", code, provisionedConcurrentExecutions });
    };
  const amountOf = async (Qualifier: string) => {
    const input = { FunctionName: "provisioned", Qualifier };
    const found = await app.cloud.client(LambdaClient).send(new GetProvisionedConcurrencyConfigCommand(input));
    return found.RequestedProvisionedConcurrentExecutions;
  };
  expect(await app.deploy(build(1))).toMatchObject(done);
  for (const amount of [2, 1]) {
    expect(await app.deploy(build(amount))).toMatchObject(done);
    expect([await amountOf("1"), await versions("provisioned")]).toEqual([amount, ["1"]]);
    expect(await app.deploy(build(amount))).toMatchObject({ exitCode: 0, unchanged: true });
  }
  expect(await app.deploy(build(undefined))).toMatchObject(done);
  await expect(amountOf("1")).rejects.toThrow("No Provisioned Concurrency Config found");
  expect(await app.deploy(build(2, 2))).toMatchObject(done);
  expect([await amountOf("2"), await app.call("provisioned")]).toMatchObject([2, { version: "2" }]);
});

test("a workflow whose definition is written in another way keeps its version", async () => {
  const workflow =
    (write: (given: string) => string): BuildApp =>
    (stack) => {
      const given = new CfnParameter(stack, "Mode", { default: "a" });
      const say = new Pass(stack, "Say", {
        parameters: { mode: write(given.valueAsString), keep: given.valueAsString },
      });
      new StateMachine(stack, "Flow", { stateMachineName: "flow", definitionBody: DefinitionBody.fromChainable(say) });
    };
  const count = async (stateMachineArn: string) => {
    const found = await app.cloud.client(SFNClient).send(new ListStateMachineVersionsCommand({ stateMachineArn }));
    return found.stateMachineVersions?.length;
  };
  const first = await app.deploy(
    workflow(() => "a"),
    { parameters },
  );
  expect(first).toMatchObject(done);
  const arn = first.release?.members.find(({ path }) => path === "Inline/Flow")?.next ?? "";
  expect(arn).toMatch(/:flow:1$/);
  expect(
    await app.deploy(
      workflow((given) => given),
      { parameters },
    ),
  ).toMatchObject(done);
  expect(await count(arn.slice(0, -2))).toBe(1);
  expect(
    await app.deploy(
      workflow(() => "b"),
      { parameters },
    ),
  ).toMatchObject(done);
  expect(await count(arn.slice(0, -2))).toBe(2);
}, 60_000);
