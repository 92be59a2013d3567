import { join } from "node:path";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readAssembly } from "../../lib/assembly/read-assembly.ts";
import { Aws } from "../../lib/aws/aws.ts";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { runPermissions } from "../../lib/cli/verbs/permissions-run.ts";
import { AppStacks } from "../../lib/deploy/app-stacks.ts";
import { checkCaller } from "../../lib/deploy/check-caller.ts";
import type { AllowPolicy, AllowStatement } from "../../lib/deploy/permissions/policy.ts";
import { identifyTarget } from "../../lib/deploy/target.ts";
import type { Message } from "../../lib/io/message.ts";
import { AdjustableClock } from "../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { CountingProxy } from "../helpers/counting-proxy.ts";
import { assumeNewRole, type RoleSession } from "../helpers/role-session.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

const ROLE = "arn:aws:iam::000000000000:role/deployer";
const SELF: AllowStatement = {
  Effect: "Allow",
  Action: ["iam:SimulatePrincipalPolicy", "iam:GetRole"],
  Resource: [ROLE],
};

let cloud: TestCloud;
let deployer: RoleSession;
let proxy: CountingProxy;
let app: WireApp;
let printed: readonly AllowStatement[];

beforeAll(async () => {
  cloud = await startTestCloud({ clock: new AdjustableClock({ speed: 60 }) });
  proxy = await CountingProxy.start(cloud.endpoint);
  app = wireApp(proxy.endpoint);
  app.write({ version: 1 });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "admin");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "admin");
  const { document } = await app.run(runPermissions);
  printed = (document as { policy: AllowPolicy }).policy.Statement;
  deployer = await assumeNewRole(cloud, "deployer");
  deployer.stubEnvironment();
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await proxy.stop();
  await cloud.stop();
});

beforeEach(() => {
  proxy.calls.length = 0;
  app.messages.length = 0;
});

const allow = (...statements: readonly AllowStatement[]) => deployer.allow(...statements);

const without = (...actions: readonly string[]) =>
  printed
    .map((one) => ({ ...one, Action: one.Action.filter((action) => !actions.includes(action)) }))
    .filter(({ Action }) => Action.length > 0);

const deploy = () => app.run(runDeploy, { requireApproval: "never" });
const refusal = () =>
  deploy().then(
    () => undefined,
    (error: { code: string; message: string; fix: string }) => error,
  );
const operations = () =>
  [...new Set(proxy.calls.map(({ service, operation }) => `${service} ${operation}`))].toSorted();
/** The check alone, of the app that the first test deploys. */
async function check(): Promise<void> {
  const aws = new Aws({ region: "us-east-1", endpoint: proxy.endpoint });
  try {
    const target = await identifyTarget(aws, "wire", "us-east-1");
    const { stacks } = readAssembly(join(app.project.folder, "cdk.out"));
    const host = { notify: (message: Message) => void app.messages.push(message), ask: () => Promise.resolve(false) };
    const { signal } = new AbortController();
    await checkCaller(new AppStacks({ target, stacks, host, signal }).desired(), { target, host });
  } finally {
    await aws.close();
  }
}

const said = (code: string) => app.messages.filter((message) => message.code === code).map(({ text }) => text);

/** What looks and changes nothing. */
const LOOKS = new Set([
  "cloudformation ListStackResources",
  "iam GetRole",
  "iam SimulatePrincipalPolicy",
  "ssm GetParameter",
  "sts AssumeRole",
  "sts GetCallerIdentity",
]);

describe("before anything is touched, a deploy", { timeout: 120_000 }, () => {
  test("names the permission that its caller lacks, with the statement to add", async () => {
    await allow(...without("lambda:UpdateAlias"), SELF);
    const error = await refusal();
    expect(error).toMatchObject({ code: "PermissionsMissing" });
    expect(error?.message).toMatch(
      /^arn:aws:iam::000000000000:role\/deployer lacks a permission that this deploy needs:\n {2}lambda:UpdateAlias on arn:aws:lambda:us-east-1:000000000000:function:Wire-Work\S+$/,
    );
    expect(operations().filter((one) => !LOOKS.has(one))).toEqual([]);
    const [statement] = JSON.parse(/\[\{.*\}\]/.exec(error?.fix ?? "")![0]) as AllowStatement[];
    await allow(...without("lambda:UpdateAlias"), SELF, statement!);
    expect(await deploy()).toMatchObject({ exitCode: 0 });
    expect(said("PermissionsUnchecked")).toEqual([]);
  });

  test("names the roles that its caller cannot assume, and what they would do", async () => {
    await allow(...without("sts:AssumeRole"), SELF);
    const error = await refusal();
    expect(error).toMatchObject({ code: "PermissionsMissing" });
    expect(error?.message).toContain("cloudformation:CreateChangeSet on ");
    expect(error?.message).toMatch(/It cannot assume arn:aws:iam::000000000000:role\/cdk-hnb659fds-deploy-role-/);
    expect(error?.fix).toMatch(
      / \[\{"Effect":"Allow","Action":\["sts:AssumeRole"\],"Resource":\["[^"]+","[^"]+"\]\}\]\. /,
    );
    expect(operations().filter((one) => !LOOKS.has(one))).toEqual([]);
  });

  test("makes each call of the check once, and no other", async () => {
    await allow(...printed, SELF);
    await check();
    expect(app.messages).toEqual([]);
    expect(operations().filter((one) => !LOOKS.has(one))).toEqual([]);
    const count = (operation: string) => proxy.calls.filter((call) => call.operation === operation).length;
    expect(["GetParameter", "GetRole", "AssumeRole"].map(count)).toEqual([1, 1, 2]);
    expect(count("SimulatePrincipalPolicy")).toBeLessThanOrEqual(printed.length);
  });

  test("distinguishes an explicit denial from a missing permission", async () => {
    const denial = { Effect: "Deny", Action: ["lambda:UpdateAlias"], Resource: ["*"] };
    await allow(...printed, SELF, denial as unknown as AllowStatement);
    expect((await refusal())?.message).toContain("lambda:UpdateAlias (denied by a policy) on ");
  });

  test("only warns of a permission that few deploys need", async () => {
    await allow(...without("lambda:DeleteFunction"), SELF);
    await check();
    expect(said("PermissionsIncomplete")).toEqual([expect.stringContaining(": lambda:DeleteFunction.")]);
  });

  test("takes a policy that names the functions themselves", async () => {
    const { Functions = [] } = await cloud.client(LambdaClient).send(new ListFunctionsCommand({}));
    const Resource = Functions.map(({ FunctionArn = "" }) => FunctionArn);
    const narrow: AllowStatement = { Effect: "Allow", Action: ["lambda:UpdateAlias"], Resource };
    await allow(...without("lambda:UpdateAlias"), SELF, narrow);
    await check();
    expect([...said("PermissionsUnchecked"), ...said("PermissionsIncomplete")]).toEqual([]);
  });

  test("goes on where its caller may not look, and says so", async () => {
    await allow(...printed);
    await check();
    expect(said("PermissionsUnchecked")).toEqual([
      "The permissions of arn:aws:sts::000000000000:assumed-role/deployer/test were not checked: it may not call iam:SimulatePrincipalPolicy on itself.",
    ]);
  });
});
