import { CloudFormationClient, ListStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { GetAliasCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { tryParseStamp } from "../../lib/release/alias-stamp.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

let cloud: TestCloud;
let app: WireApp;

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "tester");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "tester");
  cloud = await startTestCloud();
  app = wireApp(cloud.endpoint);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await cloud.stop();
});

const DESCRIBED = `
const described = new Function(stack, "Described", {
  entry: "functions/work.ts",
  aliasDescription: "what customers use",
  environment: { VERSION: "VERSION_HERE" },
});
void described;
`;

async function descriptionOf(lambda: LambdaClient, FunctionName: string): Promise<string | undefined> {
  return (await lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }))).Description;
}

test("after a release the stamp is in the alias again, and a description that the template gives stays", async () => {
  let id = "";
  for (const version of [1, 2]) {
    app.write({ version, more: DESCRIBED.replace("VERSION_HERE", String(version)) });
    const { document } = await app.run(runDeploy);
    expect(document).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    id = (document as { readonly release: { readonly id: string } }).release.id;
  }
  const lambda = cloud.client(LambdaClient);
  const names = await functionNames();
  expect(tryParseStamp((await descriptionOf(lambda, names.work)) ?? "")).toMatchObject({ release: id, step: "live" });
  expect(await descriptionOf(lambda, names.described)).toBe("what customers use");
}, 120_000);

async function functionNames(): Promise<{ readonly work: string; readonly described: string }> {
  const cloudformation = cloud.client(CloudFormationClient);
  const { StackResourceSummaries = [] } = await cloudformation.send(
    new ListStackResourcesCommand({ StackName: "Wire" }),
  );
  const find = (id: RegExp) =>
    StackResourceSummaries.find(({ LogicalResourceId = "" }) => id.test(LogicalResourceId))?.PhysicalResourceId ?? "";
  return { work: find(/^Work[0-9A-F]{8}$/), described: find(/^Described[0-9A-F]{8}$/) };
}
