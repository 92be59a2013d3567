import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from "@aws-sdk/client-cloudformation";
import { EventBridgeClient, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { CfnOutput } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Function, Rollout } from "../../../lib/index.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/** Deploys that change nothing but what a stage holds back: no version moves, and all of it goes after the promotion. */

let app: InlineApp;

interface Parts {
  readonly isExported: boolean;
  readonly mayList: boolean;
  readonly hasSecondTarget: boolean;
}

const ALL: Parts = { isExported: true, mayList: true, hasSecondTarget: true };

const build =
  ({ isExported, mayList, hasSecondTarget }: Parts): BuildApp =>
  (stack, root) => {
    const [first, second] = [new Queue(stack, "First"), new Queue(stack, "Second")];
    if (isExported) new CfnOutput(stack, "QueueArn", { value: first.queueArn, exportName: "queue-arn" });
    const fn = new Function(stack, "Work", { functionName: "work", code: inlineCode("return 1;") });
    first.grantSendMessages(fn);
    const statement = new PolicyStatement({ actions: ["sqs:ListQueues"], resources: ["*"] });
    if (mayList) fn.grantPrincipal.addToPrincipalPolicy(statement);
    const rule = new Rule(stack, "Rule", { ruleName: "rule", eventPattern: { source: ["shop"] } });
    for (const queue of hasSecondTarget ? [first, second] : [first]) rule.addTarget(new SqsQueue(queue));
    new Rollout(root, "Rollout", { policy: "AllAtOnce" });
  };

const StackName = "Inline";

async function outputs(): Promise<readonly string[]> {
  const { Stacks = [] } = await app.cloud.client(CloudFormationClient).send(new DescribeStacksCommand({ StackName }));
  return Stacks.flatMap(({ Outputs = [] }) => Outputs.map(({ OutputKey = "" }) => OutputKey));
}

async function deployedTemplate(): Promise<string> {
  const answer = await app.cloud.client(CloudFormationClient).send(new GetTemplateCommand({ StackName }));
  return answer.TemplateBody ?? "";
}

async function countTargets(): Promise<number> {
  const { Targets = [] } = await app.cloud
    .client(EventBridgeClient)
    .send(new ListTargetsByRuleCommand({ Rule: "rule" }));
  return Targets.length;
}

beforeAll(async () => {
  app = await startInlineApp();
  await app.deploy(build(ALL));
}, 60_000);

afterAll(() => app.stop());

async function deploysAndSettles(parts: Parts): Promise<void> {
  const report = await app.deploy(build(parts));
  expect(report, report.release?.cause?.text).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(report.stacks[0]?.outputs).not.toHaveProperty("TidegateHeld");
  expect(await app.heldBack(build(parts))).toEqual([]);
  expect(await deployedTemplate()).not.toContain("Tidegate::Expansion");
  expect(await app.deploy(build(parts))).toMatchObject({ unchanged: true });
}

test("a dropped export alone is removed", async () => {
  expect(await outputs()).toEqual(["QueueArn"]);
  await deploysAndSettles({ ...ALL, isExported: false });
  expect(await outputs()).toEqual([]);
}, 60_000);

test("a dropped grant alone is removed", async () => {
  expect(await deployedTemplate()).toContain("sqs:ListQueues");
  await deploysAndSettles({ ...ALL, isExported: false, mayList: false });
  expect(await deployedTemplate()).not.toContain("sqs:ListQueues");
}, 60_000);

test("a dropped target of a rule alone is removed", async () => {
  expect(await countTargets()).toBe(2);
  await deploysAndSettles({ isExported: false, mayList: false, hasSecondTarget: false });
  expect(await countTargets()).toBe(1);
}, 60_000);
