import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import {
  CreateStateMachineCommand,
  paginateListExecutions,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeRole } from "../test/helpers/make-role.ts";
import type { Bench } from "./bench-table.ts";
import { clientOptions, KILLED, tidegate, underKills } from "./killed-cloud.ts";

const RULES = 100;
const ENTRIES = 10;
const RECEIVERS = 8;
const STARTED_AT_ONCE = 10;
const PATIENCE_MS = 120_000;
const QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:all";

/** What was acknowledged while the whole local cloud was killed again and again, and how much of it was lost. */
export const killBenches: Record<string, Bench> = {
  "events-killed": (scratch) =>
    withCloud(scratch, async (folder, options) => {
      const events = new EventBridgeClient({ ...options, maxAttempts: 1 });
      const sqs = new SQSClient({ ...options, maxAttempts: 10 });
      const queueUrl = await makeRules(events, sqs);
      const acknowledged = new Set<string>();
      await underKills(folder, () => putEvents(events, acknowledged));
      const lost = await drain(sqs, queueUrl, acknowledged);
      return `${KILLED}: ${acknowledged.size} events acknowledged by a bus with ${RULES} rules, not in the target's queue: ${lost}`;
    }),
  "workflow-killed": (scratch) =>
    withCloud(scratch, async (folder, options) => {
      const workflows = new SFNClient({ ...options, maxAttempts: 1 });
      const iam = new IAMClient(options);
      await makeRole(iam, "workflow").finally(() => iam.destroy());
      const stateMachineArn = await makeWorkflow(workflows);
      const acknowledged = new Set<string>();
      await underKills(folder, () => startExecutions(workflows, stateMachineArn, acknowledged));
      const lost = await ended(new SFNClient({ ...options, maxAttempts: 10 }), stateMachineArn, acknowledged);
      return `${KILLED}: ${acknowledged.size} executions acknowledged, not ended well: ${lost}`;
    }),
};

type Options = ReturnType<typeof clientOptions>;

async function withCloud(
  scratch: string,
  work: (folder: string, options: Options) => Promise<string>,
): Promise<string> {
  const folder = join(scratch, "project");
  mkdirSync(folder);
  writeFileSync(join(folder, "cdk.json"), '{ "app": "true" }\n');
  tidegate(folder, "local", "start");
  try {
    return await work(folder, clientOptions(folder));
  } finally {
    tidegate(folder, "local", "stop");
  }
}

async function makeRules(events: EventBridgeClient, sqs: SQSClient): Promise<string> {
  const statement = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "all", Attributes: { Policy } }));
  for (let index = 0; index < RULES; index++) {
    const EventPattern = JSON.stringify({ source: [`shop.${index}`] });
    await events.send(new PutRuleCommand({ Name: `rule-${index}`, EventPattern }));
  }
  await events.send(new PutTargetsCommand({ Rule: "rule-7", Targets: [{ Id: "1", Arn: QUEUE_ARN }] }));
  return QueueUrl!;
}

async function putEvents(events: EventBridgeClient, acknowledged: Set<string>): Promise<void> {
  const ids = Array.from({ length: ENTRIES }, () => randomUUID());
  const Entries = ids.map((id) => ({ Source: "shop.7", DetailType: "order", Detail: JSON.stringify({ id }) }));
  const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries }));
  if (FailedEntryCount === 0) for (const id of ids) acknowledged.add(id);
}

/** Empties the queue until everything has come, or for as long as patience lasts; answers how much never came. */
async function drain(sqs: SQSClient, QueueUrl: string, expected: ReadonlySet<string>): Promise<number> {
  const missing = new Set(expected);
  const endMs = performance.now() + PATIENCE_MS;
  const receiver = async () => {
    while (missing.size > 0 && performance.now() < endMs) {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
      const { Messages = [] } = await sqs.send(receive);
      if (Messages.length === 0) continue;
      for (const { Body } of Messages) missing.delete((JSON.parse(Body!) as { detail: { id: string } }).detail.id);
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  await Promise.all(Array.from({ length: RECEIVERS }, receiver));
  return missing.size;
}

/** Twenty states with a second's wait in the middle, so that a kill finds many executions under way. */
async function makeWorkflow(workflows: SFNClient): Promise<string> {
  const definition = JSON.stringify({
    StartAt: "Down",
    States: {
      Down: { Type: "Pass", Parameters: { "left.$": "States.MathAdd($.left, -1)" }, Next: "Again" },
      Again: {
        Type: "Choice",
        Choices: [
          { Variable: "$.left", NumericEquals: 5, Next: "Rest" },
          { Variable: "$.left", NumericGreaterThan: 0, Next: "Down" },
        ],
        Default: "Done",
      },
      Rest: { Type: "Wait", Seconds: 1, Next: "Down" },
      Done: { Type: "Succeed" },
    },
  });
  const roleArn = "arn:aws:iam::000000000000:role/workflow";
  const made = await workflows.send(new CreateStateMachineCommand({ name: "loop", definition, roleArn }));
  return made.stateMachineArn!;
}

async function startExecutions(
  workflows: SFNClient,
  stateMachineArn: string,
  acknowledged: Set<string>,
): Promise<void> {
  const start = async () => {
    const command = new StartExecutionCommand({ stateMachineArn, name: randomUUID(), input: '{"left":9}' });
    const { executionArn } = await workflows.send(command);
    acknowledged.add(executionArn!);
  };
  // All are waited for: one that is refused must not hide another that was acknowledged.
  const outcomes = await Promise.allSettled(Array.from({ length: STARTED_AT_ONCE }, start));
  if (outcomes.some(({ status }) => status === "rejected")) throw new Error("the cloud is down");
}

/** Waits until every execution has succeeded; answers how many have not. */
async function ended(client: SFNClient, stateMachineArn: string, expected: ReadonlySet<string>): Promise<number> {
  for (const endMs = performance.now() + PATIENCE_MS; ; await sleep(500)) {
    const missing = new Set(expected);
    const query = { stateMachineArn, statusFilter: "SUCCEEDED" as const, maxResults: 1000 };
    for await (const { executions = [] } of paginateListExecutions({ client }, query)) {
      for (const { executionArn } of executions) missing.delete(executionArn!);
    }
    if (missing.size === 0 || performance.now() > endMs) return missing.size;
  }
}
