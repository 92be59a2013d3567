import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { runPermissions } from "../../lib/cli/verbs/permissions-run.ts";
import { runExplain, runHistory, runPrune, runRollback, runStatus, runWish } from "../../lib/cli/verbs/release-run.ts";
import type { VerbContext } from "../../lib/cli/verb.ts";
import { bootstrapTemplate } from "../../lib/local/bootstrap-template.ts";
import { AdjustableClock } from "../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

/** An app whose synthesizer has another qualifier and another asset bucket: every verb finds its assets and its journal. */

const ASSETS = "acme-files";
const DEFAULT_ASSETS = "cdk-${Qualifier}-assets-${AWS::AccountId}-${AWS::Region}";
const JOURNALS = "tidegate-journal-acme-000000000000-us-east-1";

let cloud: TestCloud;
let app: WireApp;

function write(version: number, policy = '"AllAtOnce"'): void {
  const synthesizer = `new DefaultStackSynthesizer({ qualifier: "acme", fileAssetsBucketName: "${ASSETS}" })`;
  app.write({ version, policy, stackProps: `{ synthesizer: ${synthesizer} }` });
}

async function keysOf(Bucket: string): Promise<readonly string[]> {
  const { Contents = [] } = await cloud.client(S3Client).send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = "" }) => Key);
}

const deploy = () => app.run(runDeploy, { requireApproval: "never" });
const wish = (verb: "pause" | "resume" | "abort") =>
  app.run((options, context: VerbContext) => runWish(verb, options, context));

beforeAll(async () => {
  cloud = await startTestCloud({ clock: new AdjustableClock({ speed: 60 }) });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  app = wireApp(cloud.endpoint);
  const cloudformation = cloud.client(CloudFormationClient);
  const StackName = "AcmeToolkit";
  const Parameters = [{ ParameterKey: "Qualifier", ParameterValue: "acme" }];
  const TemplateBody = JSON.stringify(bootstrapTemplate()).replaceAll(DEFAULT_ASSETS, ASSETS);
  await cloudformation.send(
    new CreateStackCommand({ StackName, TemplateBody, Parameters, Capabilities: ["CAPABILITY_NAMED_IAM"] }),
  );
  await vi.waitFor(
    async () => {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
      if (Stacks?.[0]?.StackStatus !== "CREATE_COMPLETE") throw new Error("the bootstrap stack is not there yet");
    },
    { timeout: 60_000 },
  );
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await cloud.stop();
});

it("keeps assets and journal where the synthesizer says", async () => {
  for (const version of [1, 2]) {
    write(version);
    expect(await deploy()).toMatchObject({ exitCode: 0 });
  }
  expect((await keysOf(ASSETS)).filter((key) => key.endsWith(".zip")).length).toBeGreaterThan(0);
  expect(await keysOf(JOURNALS)).toContain("tidegate/releases/wire/wire/release.json");
  expect(await keysOf("cdk-hnb659fds-assets-000000000000-us-east-1")).toEqual([]);
}, 180_000);

it("is found by status, history, explain and prune", async () => {
  expect(await app.run(runStatus, { exitCode: true })).toMatchObject({
    exitCode: 0,
    document: { standing: { name: "settled" }, release: { state: "SUCCEEDED" } },
  });
  const { document } = await app.run(runHistory);
  expect((document as { releases: readonly unknown[] }).releases).toHaveLength(2);
  expect(await app.run(runExplain)).toMatchObject({ exitCode: 0, document: { state: "SUCCEEDED" } });
  expect(await app.run(runPrune, { dryRun: true })).toMatchObject({ exitCode: 0 });
}, 60_000);

it("is what the printed permissions name", async () => {
  const text = JSON.stringify((await app.run(runPermissions)).document);
  expect(text).toContain(JOURNALS);
  expect(text).not.toContain("hnb659fds");
}, 60_000);

it("is found by pause and resume in mid-canary", async () => {
  write(3, '"Canary10Percent30Minutes"');
  const said = app.messages.length;
  const deploying = deploy();
  const isShifting = () => app.messages.slice(said).some(({ code }) => code === "StepVerified");
  await expect.poll(isShifting, { timeout: 60_000 }).toBe(true);
  expect(await wish("pause")).toMatchObject({ exitCode: 0 });
  expect(await deploying).toMatchObject({ exitCode: 4, document: { release: { state: "PAUSED" } } });
  expect(await wish("resume")).toMatchObject({ exitCode: 0, document: { release: { state: "SUCCEEDED" } } });
}, 240_000);

it("is found by rollback and status without the assembly", async () => {
  rmSync(join(app.project.folder, "cdk.out"), { recursive: true, force: true });
  expect(await app.run(runRollback)).toMatchObject({ exitCode: 0, document: { release: { state: "ROLLED_BACK" } } });
  expect(await app.run(runStatus, { exitCode: true })).toMatchObject({ document: { release: { kind: "rollback" } } });
  expect(await app.run(runRollback)).toMatchObject({ exitCode: 7 });
}, 120_000);
