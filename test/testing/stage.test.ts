import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startCloud, type TestCloud } from "../../lib/testing/testing.ts";

const home = process.cwd();
let account: TestCloud;
let folder: string;

beforeEach(async () => {
  account = await startCloud();
  folder = mkdtempSync(join(tmpdir(), "tidegate-stage-"));
  const stages = {
    dev: { region: "eu-central-1", endpoint: account.endpoint },
    prod: { region: "eu-central-1", endpoint: account.endpoint, protected: true },
  };
  writeFileSync(join(folder, "cdk.json"), JSON.stringify({ app: "node app.ts", context: { tidegate: { stages } } }));
  process.chdir(folder);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("TIDEGATE_TEST_STAGE", "dev");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
  await account.stop();
});

test("the same test runs against a stage, and leaves it there", async () => {
  const stack = new Stack(new App(), "Greeting");
  const code = Code.fromInline('exports.handler = async ({ name }) => "hello " + name;');
  const greet = new LambdaFunction(stack, "Greet", { runtime: Runtime.NODEJS_24_X, handler: "index.handler", code });
  {
    await using cloud = await startCloud();
    expect([cloud.isLocal, cloud.endpoint]).toEqual([false, account.endpoint]);
    const app = await cloud.deploy(stack);
    expect(await app.invoke(greet, { name: "Ada" })).toBe("hello Ada");
  }
  await using again = await startCloud();
  const app = await again.deploy(stack);
  expect(await app.invoke("Greet", { name: "Grace" })).toBe("hello Grace");
});

test("what only the local cloud has is refused by name", async () => {
  await using cloud = await startCloud();
  expect(() => cloud.clock).toThrow("The stage dev has no clock that a test can move: only the local cloud has");
  expect(() => cloud.faults).toThrow("The stage dev has no faults");
  await expect(cloud.fork()).rejects.toThrow("The stage dev has no copies");
});

test("a protected stage is refused, and an unknown one", async () => {
  vi.stubEnv("TIDEGATE_TEST_STAGE", "prod");
  await expect(startCloud()).rejects.toThrow("The stage prod is protected");
  vi.stubEnv("TIDEGATE_TEST_STAGE", "nope");
  await expect(startCloud()).rejects.toThrow('There is no stage "nope"');
});
