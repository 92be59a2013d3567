import { resolve } from "node:path";
import {
  CreateRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Aws } from "../../../lib/aws/aws.ts";
import { runDeploy } from "../../../lib/cli/verbs/deploy-run.ts";
import { runDestroy } from "../../../lib/cli/verbs/destroy-run.ts";
import { runPermissions } from "../../../lib/cli/verbs/permissions-run.ts";
import { runExplain, runHistory, runPrune, runRollback, runStatus } from "../../../lib/cli/verbs/release-run.ts";
import { deleteOldResources } from "../../../lib/deploy/delete-old-resources.ts";
import type { FunctionPermissions } from "../../../lib/deploy/permissions/function-permissions.ts";
import type { AllowPolicy } from "../../../lib/deploy/permissions/policy.ts";
import { decideAccess } from "../../../lib/iam/decide.ts";
import { parsePolicy } from "../../../lib/iam/policy-document.ts";
import { principalOfArn } from "../../../lib/iam/principal.ts";
import type { Access } from "../../../lib/local/server/authorise.ts";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { wireApp, type WireApp } from "../../helpers/wire-app.ts";

/**
 * A release with everything that one can have, by a role that has the printed policy and nothing else. The local cloud
 * records each permission that was needed, so that the policy without one of its actions can be held against them all.
 */
let cloud: TestCloud;
let app: WireApp;
const printed: Record<string, AllowPolicy> = {};
const accesses: Access[] = [];

const SPEED = 60;
const CANARY = '"Canary10Percent5Minutes"';
const BEFORE = `
const mode = new CfnParameter(stack, "Mode", { default: "a" });
new Function(stack, "Moody", { entry: "functions/work.ts", environment: { MODE: mode.valueAsString } });
new Function(stack, "Warm", { entry: "functions/work.ts", environment: { VERSION }, provisionedConcurrentExecutions: 1 });
new StateMachine(stack, "Mood", { definitionBody: DefinitionBody.fromChainable(new Pass(stack, "Be", { comment: mode.valueAsString })) });
const bus = new CdkBus(stack, "Bus");
const alarm = new Alarm(stack, "Alarm", { metric: new Metric({ namespace: "Wire", metricName: "Errors" }), threshold: 1, evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING });
`;
const MORE = `
import { CfnCondition, CfnParameter, Fn } from "aws-cdk-lib";
import { Alarm, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { CfnTable } from "aws-cdk-lib/aws-dynamodb";
import { EventBus as CdkBus } from "aws-cdk-lib/aws-events";
import { CfnStream } from "aws-cdk-lib/aws-kinesis";
import { CfnBucket } from "aws-cdk-lib/aws-s3";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { CfnSubscription } from "aws-cdk-lib/aws-sns";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { CfnParameter as Setting } from "aws-cdk-lib/aws-ssm";
import { Pass } from "aws-cdk-lib/aws-stepfunctions";
import { Queue as Jobs } from ${JSON.stringify(resolve("lib/index.ts"))};
new ReleaseDriver(stack, "Driver");
const queue = new CfnQueue(stack, "Queue");
new CfnSubscription(stack, "Subscription", { topicArn: releases.topicArn, protocol: "sqs", endpoint: queue.attrArn });
new CfnBucket(stack, "Bucket");
// The local cloud does not support secrets as resources.
const never = new CfnCondition(stack, "Never", { expression: Fn.conditionEquals("a", "b") });
new CfnSecret(stack, "Secret", { secretString: "x" }).cfnOptions.condition = never;
new CfnStream(stack, "Stream", { shardCount: 1 });
new Setting(stack, "Setting", { type: "String", value: "x" });
const key = { attributeName: "id", attributeType: "S" };
new CfnTable(stack, "Table", { keySchema: [{ attributeName: "id", keyType: "HASH" }], attributeDefinitions: [key], billingMode: "PAY_PER_REQUEST" });
new Jobs(stack, "Jobs").consume(work);
`;

/** What this release may have no occasion for, and what the occasion is. */
const SELDOM: Readonly<Record<"caller" | "driver", Readonly<Record<string, string>>>> = {
  caller: {
    "lambda:PutProvisionedConcurrencyConfig": "a rollback to a version whose concurrency was released",
    "lambda:UpdateFunctionCode": "`dev`, which saves a handler",
    "cloudformation:DescribeStacks": "a verb that finds the app by its deployed stacks",
    "cloudformation:GetTemplate": "a verb that finds the app by its deployed stacks",
    "cloudformation:ListStacks": "a verb that finds the app by its deployed stacks",
    "s3:GetObjectVersion": "a lost journal",
    "s3:ListBucketVersions": "a lost journal",
  },
  driver: {
    "cloudformation:DeleteChangeSet": "the change set of a finalise that is refused",
    "lambda:DeleteFunction": "a third version, which is pruned",
    "lambda:DeleteProvisionedConcurrencyConfig": "a third version with provisioned concurrency",
    "lambda:PutProvisionedConcurrencyConfig": "a rollback to a version whose concurrency was released",
    "s3:ListBucket": "a journal that was deleted under way",
    "ssm:GetParameters": "the local cloud reads parameters of change sets for itself",
    "states:DeleteStateMachineVersion": "a third version, which is pruned",
  },
};

beforeAll(async () => {
  const clock = new AdjustableClock({ speed: SPEED });
  cloud = await startTestCloud({ clock, onAccess: (access) => void accesses.push(access) });
  app = wireApp(cloud.endpoint);
  actAs({ accessKeyId: "admin", secretAccessKey: "admin" });
  write(1);
  for (const maker of ["caller", "driver"]) {
    const { document } = await app.run(runPermissions, maker === "driver" ? { driver: true } : {});
    printed[maker] = (document as { policy: AllowPolicy }).policy;
  }
  const trust = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await cloud
    .client(IAMClient)
    .send(new CreateRoleCommand({ RoleName: "deployer", MaxSessionDuration: 43_200, AssumeRolePolicyDocument }));
  await allow(printedFor("caller"));
  const RoleArn = "arn:aws:iam::000000000000:role/deployer";
  const { Credentials } = await cloud
    .client(STSClient)
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "test", DurationSeconds: 43_200 }));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  actAs({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
  accesses.length = 0;
}, 180_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await cloud.stop();
});

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function actAs({ accessKeyId, secretAccessKey, sessionToken }: Keys): void {
  vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
  vi.stubEnv("AWS_SESSION_TOKEN", sessionToken);
}

function write(version: number, policy = '"AllAtOnce"'): void {
  app.write({
    version,
    policy,
    before: `const VERSION = "${version}";${BEFORE}`,
    rollout: "notifications: [releases, bus], alarms: [alarm], keepVersions: 2",
    more: MORE,
  });
}

function printedFor(maker: string): AllowPolicy {
  return printed[maker] ?? { Version: "2012-10-17", Statement: [] };
}

async function allow(policy: AllowPolicy): Promise<void> {
  const PolicyDocument = JSON.stringify(policy);
  await cloud
    .client(IAMClient)
    .send(new PutRolePolicyCommand({ RoleName: "deployer", PolicyName: "tidegate", PolicyDocument }));
}

function without(policy: AllowPolicy, action: string): AllowPolicy {
  const kept = policy.Statement.map((one) => ({ ...one, Action: one.Action.filter((each) => each !== action) }));
  return { ...policy, Statement: kept.filter(({ Action }) => Action.length > 0) };
}

/** The accesses of a maker that a policy does not allow. */
function refusedBy(policy: AllowPolicy, recorded: readonly Access[]): Access[] {
  const identity = [{ id: "policy", document: parsePolicy(JSON.stringify(policy)) }];
  return recorded.filter(({ caller, permission: { action, resource, facts = {} } }) => {
    const context = new Map(Object.entries(facts));
    const request = { action, resource, principal: principalOfArn(caller), context };
    return decideAccess({ request, caller: { identity } }).decision !== "allowed";
  });
}

/** A deploy looks at its own permissions where it may, and goes on where it may not: the printed policy leaves that out. */
const SELF_CHECK = /^iam:(GetRole|SimulatePrincipalPolicy)$/;
const accessesOf = (role: RegExp) =>
  accesses.filter(({ caller, permission }) => role.test(caller) && !SELF_CHECK.test(permission.action));
const actionsOf = (policy: AllowPolicy) => policy.Statement.flatMap(({ Action }) => Action);

const DRIVER = /:assumed-role\/Wire-DriverRole/;
/** Lambda itself writes a function's log and traces in the function's role: the driver makes no such call. */
const BY_LAMBDA = /^(?:logs|xray):/;

/** The inline policies of the role whose name starts so, as one. */
async function deployedPolicy(name: string): Promise<AllowPolicy> {
  const iam = cloud.client(IAMClient);
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const RoleName = Roles.find((role) => role.RoleName?.startsWith(name))?.RoleName;
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const documents = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: readonly WrittenStatement[] };
    }),
  );
  const Statement = documents.flatMap((one) => one.Statement).map((one) => ({ ...one, Action: [one.Action].flat() }));
  return { Version: "2012-10-17", Statement };
}

/** A statement as CloudFormation hands it in. */
type WrittenStatement = Omit<AllowPolicy["Statement"][number], "Action"> & { readonly Action: string | string[] };

/** Actions of a policy that may go without any recorded access being refused. */
function needless(policy: AllowPolicy, recorded: readonly Access[]): string[] {
  return actionsOf(policy).filter((action) => refusedBy(without(policy, action), recorded).length === 0);
}

async function deploy(options: Readonly<Record<string, unknown>> = {}, signal?: AbortSignal) {
  const { exitCode, document } = await app.run(runDeploy, { requireApproval: "never", ...options }, signal);
  const warnings = app.messages.filter(({ level, code }) => level === "warn" && code !== "PermissionsNote");
  if (exitCode !== 0) console.log(JSON.stringify(document), warnings.map(({ text }) => text).join("\n"));
  return { exitCode, document };
}

/** Stops at the first event of the stack's update, as Ctrl-C does. */
async function deployAndStop() {
  const stop = new AbortController();
  const seen = app.messages.length;
  const poll = setInterval(() => {
    if (app.messages.slice(seen).some(({ code }) => code === "StackEvent")) stop.abort();
  }, 5);
  return deploy({}, stop.signal).finally(() => clearInterval(poll));
}

async function untilOver(): Promise<void> {
  const release = async () => {
    const { document } = await app.run(runStatus);
    const { state, cause } = (document as { release?: { state: string; cause?: unknown } }).release ?? {};
    return { state, cause };
  };
  const over = async () => ["SUCCEEDED", "ROLLED_BACK", "PAUSED"].includes((await release()).state ?? "");
  await expect.poll(over, { timeout: 120_000, interval: 500 }).toBe(true);
  const { state, cause } = await release();
  expect(state, JSON.stringify(cause)).toBe("SUCCEEDED");
}

describe("the printed policy", () => {
  it("is enough for every verb, from the first deploy to the last", async () => {
    expect(await deploy()).toMatchObject({ exitCode: 0 });
    // The parameter changes no version of the template: versions are published for it.
    write(2, CANARY);
    expect(await deploy({ parameters: [["Mode", "b"]] })).toMatchObject({ exitCode: 0 });
    for (const verb of [runStatus, runHistory, runExplain]) expect(await app.run(verb)).toMatchObject({ exitCode: 0 });
    expect(await app.run(runRollback)).toMatchObject({ exitCode: 0 });
    write(3, CANARY);
    await deployAndStop().catch(() => undefined);
    expect(await deploy({ detach: true })).toMatchObject({ exitCode: 0 });
    await untilOver();
    expect(await app.run(runPrune, { keep: "1" })).toMatchObject({ exitCode: 0 });
    await deleteWhatAStageReplaced();
    const refused = accessesOf(/:assumed-role\//).filter(({ allowed }) => !allowed);
    expect(refused.map(({ caller, permission }) => `${caller} ${permission.action} ${permission.resource}`)).toEqual(
      [],
    );
  }, 600_000);

  it("has no action that could go: without any one of them, something is refused", () => {
    const recorded = accessesOf(/:assumed-role\/deployer\//);
    expect(refusedBy(printedFor("caller"), recorded)).toEqual([]);
    const unexplained = needless(printedFor("caller"), recorded).filter((action) => !(action in SELDOM.caller));
    expect(unexplained).toEqual([]);
    expect(actionsOf(printedFor("caller")).length).toBeGreaterThan(30);
  });

  it("is enough for the driver in the account, and has nothing that could go", () => {
    const recorded = accessesOf(DRIVER).filter(({ permission }) => !BY_LAMBDA.test(permission.action));
    expect(refusedBy(printedFor("driver"), recorded)).toEqual([]);
    const unexplained = needless(printedFor("driver"), recorded).filter((action) => !(action in SELDOM.driver));
    expect(unexplained).toEqual([]);
  });

  it("of the driver's role is enough for what Lambda does in it, and has nothing that could go", async () => {
    const role = await deployedPolicy("Wire-DriverRole");
    expect(refusedBy(role, accessesOf(DRIVER))).toEqual([]);
    const recorded = accessesOf(DRIVER).filter(({ permission }) => BY_LAMBDA.test(permission.action));
    expect(recorded.length).toBeGreaterThan(0);
    const granted = actionsOf(role).filter((action) => BY_LAMBDA.test(action));
    expect(granted.length).toBeGreaterThan(0);
    // The X-Ray daemon reports its own health by it. The local cloud runs no daemon.
    const used = granted.filter((action) => action !== "xray:PutTelemetryRecords");
    expect(used.filter((action) => refusedBy(without(role, action), recorded).length === 0)).toEqual([]);
  });

  it("of the driver is what the construct gives its role", async () => {
    const { document } = await app.run(runPermissions, { functions: true });
    const { functions } = document as { functions: FunctionPermissions[] };
    const driver = functions.find(({ path }) => path.includes("Driver"));
    const granted = new Set(driver?.grants.flatMap(({ actions }) => actions) ?? []);
    const wanted = actionsOf(printedFor("driver"));
    expect(wanted.filter((action) => !granted.has(action))).toEqual([]);
    const surplus = [...granted].filter((action) => !wanted.includes(action) && !/^(logs|xray):/.test(action));
    // The app has no durable function now; the role is ready for the first one.
    expect(surplus).toEqual(["lambda:ListDurableExecutionsByFunction"]);
  });

  it.each([
    ["cloudformation:ListStackResources", "cloudformation:ListStackResources"],
    ["lambda:GetAlias", "lambda:GetAlias"],
    ["s3:GetObject", "s3:GetObject"],
    // Without the bootstrap's role, the caller makes its calls, and lacks the permission for the first of them.
    ["sts:AssumeRole", "ssm:GetParameter"],
  ])(
    "without %s, a deploy is refused before it changes anything, and names %s",
    async (action, named) => {
      await allow(without(printedFor("caller"), action));
      write(5);
      const before = accesses.length;
      const refusal = await app.run(runDeploy, { requireApproval: "never" }).then(
        ({ exitCode, document }) => ({ exitCode, ...Object(document) }),
        (error: Error & { fix?: string }) => ({ exitCode: 1, error: `${error.message} ${error.fix ?? ""}` }),
      );
      await allow(printedFor("caller"));
      expect(refusal.exitCode).not.toBe(0);
      expect(JSON.stringify(refusal)).toContain(named);
      const changes = accesses
        .slice(before)
        .filter(({ permission }) => /:(Execute|UpdateAlias)/.test(permission.action));
      expect(changes).toEqual([]);
      await allow(printedFor("caller"));
    },
    120_000,
  );

  it("is enough to destroy the app", async () => {
    expect(await app.run(runDestroy)).toMatchObject({ exitCode: 0 });
  }, 120_000);
});

/** One resource of each type that a release may delete, under a name as CloudFormation makes it. */
async function deleteWhatAStageReplaced(): Promise<void> {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = process.env;
  const sessionToken = process.env["AWS_SESSION_TOKEN"] ?? "";
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  const aws = new Aws({ region: "us-east-1", endpoint: cloud.endpoint, credentials });
  const at = "us-east-1:000000000000";
  const old: Readonly<Record<string, string>> = {
    "AWS::DynamoDB::Table": "Wire-Table-1",
    "AWS::Events::EventBus": "WireBus6D1A8DE2",
    "AWS::Kinesis::Stream": "Wire-Stream-1",
    "AWS::Lambda::EventSourceMapping": "11111111-1111-4111-8111-111111111111",
    "AWS::Logs::LogGroup": "Wire-WorkLog-1",
    "AWS::S3::Bucket": "wire-bucket-1",
    "AWS::SecretsManager::Secret": "Secret-1",
    "AWS::SNS::Subscription": `arn:aws:sns:${at}:Wire-Releases-1:11111111-1111-4111-8111-111111111111`,
    "AWS::SNS::Topic": `arn:aws:sns:${at}:Wire-Releases-1`,
    "AWS::SQS::Queue": `${cloud.endpoint}/000000000000/Wire-Queue-1`,
    "AWS::SSM::Parameter": "CFN-Setting-1",
  };
  const replaced = Object.entries(old).map(([type, physicalId]) => ({
    stackName: "Wire",
    logicalId: type,
    type,
    physicalId,
  }));
  const guard = { owned: new Set<string>(), confirm: () => Promise.resolve() };
  expect(await deleteOldResources(aws, replaced, guard)).toEqual(new Map());
  await aws.close();
}
