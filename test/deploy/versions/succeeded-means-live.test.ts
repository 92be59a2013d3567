import { DeleteFunctionCommand, LambdaClient, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { CfnDynamicReference, CfnDynamicReferenceService, CfnParameter } from "aws-cdk-lib";
import { DefinitionBody, Pass } from "aws-cdk-lib/aws-stepfunctions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Function, StateMachine } from "../../../lib/index.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/** Values that the template only refers to: after SUCCEEDED the live version has them. */

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
  await put("/mode", "a");
  await put("/plain", "a");
});

afterAll(() => app.stop());

async function put(Name: string, Value: string): Promise<void> {
  await app.cloud.client(SSMClient).send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));
}

const modes =
  (description: string): BuildApp =>
  (stack) => {
    const given = new CfnParameter(stack, "Mode", { default: "a" });
    const looked = new CfnParameter(stack, "Looked", { type: "AWS::SSM::Parameter::Value<String>", default: "/mode" });
    const resolved = new CfnDynamicReference(CfnDynamicReferenceService.SSM, "/plain").toString();
    const code = inlineCode("return process.env.GIVEN + process.env.LOOKED + process.env.RESOLVED;");
    const environment = { GIVEN: given.valueAsString, LOOKED: looked.valueAsString, RESOLVED: resolved };
    new Function(stack, "Fn", { functionName: "modes", code, environment });
    new Function(stack, "Other", { functionName: "other", code: inlineCode("return 1;"), description });
  };

async function versions(name: string): Promise<string[]> {
  const { Versions = [] } = await app.cloud
    .client(LambdaClient)
    .send(new ListVersionsByFunctionCommand({ FunctionName: name }));
  return Versions.map(({ Version = "" }) => Version).filter((version) => version !== "$LATEST");
}

const live = async () => (await app.call("modes")).answer;

test("a parameter that is given by hand, and one that is looked up, are live after SUCCEEDED", async () => {
  expect(await app.deploy(modes("one"))).toMatchObject({ exitCode: 0 });
  expect(await live()).toBe("aaa");

  const given = await app.deploy(modes("one"), { parameters: { Mode: "b" } });
  expect(given).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(await live()).toBe("baa");
  expect(app.messages.findLast(({ code }) => code === "VersionPublished")?.text).toBe(
    "Inline/Fn: version 2 is released, not 1: they differ in Environment",
  );

  expect(await app.deploy(modes("one"))).toMatchObject({ exitCode: 0 });
  expect(await versions("modes")).toEqual(["1", "2"]);

  await put("/mode", "b");
  expect(await app.deploy(modes("one"))).toMatchObject({ exitCode: 0 });
  expect(await live()).toBe("bba");

  expect(await app.deploy(modes("two"))).toMatchObject({ exitCode: 0 });
  expect(await live()).toBe("bba");
  expect(await versions("modes")).toEqual(["1", "2", "3"]);
  expect(await versions("other")).toEqual(["1", "2"]);
}, 120_000);

test("a dynamic reference that resolves to another value is live as soon as the function is updated", async () => {
  await put("/plain", "c");
  expect(await app.deploy(modes("two"), { parameters: { Mode: "d" } })).toMatchObject({ exitCode: 0 });
  expect(await live()).toBe("dbc");
});

test("a deploy publishes a version where the stack's own one was pruned", async () => {
  // The template is the same for many releases, so its version is older than all that they published.
  await app.cloud.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: "modes", Qualifier: "1" }));
  const deployed = await app.deploy(modes("two"), { parameters: { Mode: "e" } });
  expect(deployed).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(await live()).toBe("ebc");
  expect(app.messages.findLast(({ code }) => code === "VersionPublished")?.text).toContain("1 was deleted");
  const published = await versions("modes");
  expect(await app.deploy(modes("two"))).toMatchObject({ exitCode: 0 });
  expect([await live(), await versions("modes")]).toEqual(["ebc", published]);
});

test("a workflow whose definition resolves to another one is live too", async () => {
  const workflow: BuildApp = (stack) => {
    const given = new CfnParameter(stack, "Mode", { default: "a" });
    const say = new Pass(stack, "Say", { parameters: { mode: given.valueAsString } });
    new StateMachine(stack, "Flow", { stateMachineName: "flow", definitionBody: DefinitionBody.fromChainable(say) });
  };
  expect(await app.deploy(workflow)).toMatchObject({ exitCode: 0 });
  const changed = await app.deploy(workflow, { parameters: { Mode: "b" } });
  expect(changed.release?.members.find(({ path }) => path === "Inline/Flow")?.next).toMatch(/:flow:2$/);
});
