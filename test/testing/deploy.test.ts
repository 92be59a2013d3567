import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Function, HttpApi, HttpAuth } from "../../lib/index.ts";
import { FunctionFailed, startCloud, type TestApp, type TestCloud } from "../../lib/testing/testing.ts";

class GreetStack extends Stack {
  readonly greet = new Function(this, "Greet", { entry: "test/fixtures/testing/greet.ts" });

  constructor(scope: App) {
    super(scope, "Greeting");
    const page = new Function(this, "Page", { entry: "test/fixtures/testing/page.ts" });
    const api = new HttpApi(this, "Api", { defaultAuthorizer: HttpAuth.none(), routes: { "GET /todos": page } });
    new CfnOutput(this, "ApiUrl", { value: api.apiEndpoint });
  }
}

let cloud: TestCloud;
let stack: GreetStack;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  stack = new GreetStack(new App());
  app = await cloud.deploy(stack);
});

afterAll(() => cloud.stop());

test("the outputs of the stacks are there", () => {
  expect(app.outputs["ApiUrl"]).toContain(cloud.endpoint);
});

test("a function is called by its construct, its path or its id", async () => {
  const hello = { statusCode: 200, body: "hello Ada" };
  expect(await app.invoke(stack.greet, { name: "Ada" })).toEqual(hello);
  expect(await app.invoke("Greeting/Greet", { name: "Ada" })).toEqual(hello);
  expect(await app.invoke("Greet", { name: "Ada" })).toEqual(hello);
});

test("a function that fails rejects with its own error and log", async () => {
  const failure = await app.invoke("Greet", {}).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FunctionFailed);
  expect(failure).toMatchObject({ errorType: "TypeError", errorMessage: "a name is needed" });
});

test("a name that means nothing is refused with what there is", async () => {
  await expect(app.invoke("Gret")).rejects.toThrow(
    'The app has no AWS::Lambda::Function named "Gret"; it has: Greeting/Greet/Function, Greeting/Page/Function',
  );
});

test("the app's only API is fetched by path, and any address by its URL", async () => {
  const answer = await app.fetch("/todos");
  expect([answer.status, await answer.text()]).toEqual([200, "/todos"]);
  expect((await app.fetch(`${app.outputs["ApiUrl"]}/none`)).status).toBe(404);
});

test("logs are what the function wrote, and with `platform` what Lambda wrote too", async () => {
  await app.invoke("Greet", { name: "Grace" });
  await expect.poll(() => app.logs("Greet")).toContainEqual(expect.stringContaining("greeting Grace"));
  const report = expect.stringContaining('"type":"platform.report"');
  expect(await app.logs("Greet")).not.toContainEqual(report);
  await expect.poll(() => app.logs("Greet", { platform: true })).toContainEqual(report);
});

test("clients of the SDK are configured for the cloud", async () => {
  const { Functions } = await app.client(LambdaClient).send(new ListFunctionsCommand({}));
  expect(Functions).toHaveLength(2);
  expect(app.client(LambdaClient)).toBe(cloud.client(LambdaClient));
});
