import { existsSync } from "node:fs";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DevRun, startDev } from "../helpers/dev-run.ts";
import { bareProject, emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp } from "../helpers/small-app.ts";
import { clientOptions } from "../helpers/starter.ts";

/** Runs the cloud that represents AWS: it belongs to no project. */
let aws: TestProject;
let project: TestProject;
let lambda: LambdaClient;
let cloudformation: CloudFormationClient;
let dev: DevRun | undefined;

interface Status {
  readonly stage: string;
  readonly aliases: readonly { readonly path: string; readonly drifted: boolean }[];
  readonly release: { readonly kind: string; readonly state: string };
}

beforeAll(async () => {
  aws = bareProject();
  await aws.tidegate("local", "start");
  const options = await clientOptions(aws);
  lambda = new LambdaClient(options);
  cloudformation = new CloudFormationClient(options);
  const { accessKeyId, secretAccessKey } = options.credentials;
  project = emptyProject({
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  writeSmallApp(project, { version: 1 });
  const region = "us-east-1";
  const stages = { me: { region }, prod: { region, protected: true } };
  project.write(
    "cdk.json",
    JSON.stringify({ app: "node bin/app.ts", context: { tidegate: { app: "small", stages } } }),
  );
});

afterAll(async () => {
  dev?.command.process.kill("SIGKILL");
  lambda.destroy();
  cloudformation.destroy();
  await project.remove();
  await aws.remove();
});

async function answerOf(name: string): Promise<unknown> {
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: name, Qualifier: "live" }));
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

async function stackTimes(): Promise<readonly (Date | undefined)[]> {
  const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: "Small" }));
  return Stacks.map(({ LastUpdatedTime, CreationTime }) => LastUpdatedTime ?? CreationTime);
}

it("refuses a protected stage, and deploys nothing to it", async () => {
  const { exitCode, stderr } = await project.tidegate("dev", "--stage", "prod");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("error StageProtected: The stage prod is protected");
  expect((await lambda.send(new ListFunctionsCommand())).Functions).toEqual([]);
});

it("refuses an inspector outside of the local cloud", async () => {
  const { exitCode, stderr } = await project.tidegate("dev", "--stage", "me", "--inspect");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--inspect needs the local cloud, and the stage is me");
});

it("deploys once, then brings saved code live without a stack update, and starts no local cloud", async () => {
  dev = startDev(project, "--stage", "me");
  const { text } = await dev.next("DevStarted");
  expect(text).toBe(`Stage me at ${project.environment["AWS_ENDPOINT_URL"]}`);
  await dev.next("DevReady");
  expect(await answerOf("small-A")).toEqual({ version: "1" });
  const before = await stackTimes();

  project.write("functions/answer.ts", 'export const handler = async () => ({ mark: "saved" });\n');
  const live = await dev.next("DevLive");
  expect(live.data?.functions?.map(({ name }) => name).toSorted()).toEqual(["A", "B"]);
  expect(await answerOf("small-A")).toEqual({ mark: "saved" });
  expect(await answerOf("small-B")).toEqual({ mark: "saved" });
  expect(await stackTimes()).toEqual(before);
  expect(existsSync(join(project.folder, ".tidegate/local"))).toBe(false);
});

it("is a release of the stage's own: status sees no drift, and rollback goes back before it", async () => {
  const { stage, aliases, release } = await project.json<Status>("status", "--stage", "me");
  expect(stage).toBe("me");
  expect(release).toMatchObject({ kind: "dev", state: "SUCCEEDED" });
  expect(aliases.map(({ path, drifted }) => [path, drifted])).toEqual([
    ["Small/A", false],
    ["Small/B", false],
  ]);
  expect(await dev?.stop()).toBe(0);
  expect(await answerOf("small-A")).toEqual({ mark: "saved" });
  const { exitCode, stderr } = await project.tidegate("rollback", "--stage", "me", "--yes");
  expect(exitCode, stderr).toBe(0);
  expect(await answerOf("small-A")).toEqual({ version: "1" });
});
