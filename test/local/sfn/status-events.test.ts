import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;
let sqs: SQSClient;
let QueueUrl: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  machines = new Machines(cloud);
  sqs = cloud.client(SQSClient);
  const Arn = "arn:aws:sqs:us-east-1:000000000000:changes";
  const allowed = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ ...allowed, Resource: Arn }] });
  QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "changes", Attributes: { Policy } }))).QueueUrl!;
  const events = cloud.client(EventBridgeClient);
  const EventPattern = JSON.stringify({
    source: ["aws.states"],
    "detail-type": ["Step Functions Execution Status Change"],
  });
  await events.send(new PutRuleCommand({ Name: "changes", EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: "changes", Targets: [{ Id: "queue", Arn }] }));
});

afterAll(() => cloud.stop());

interface Event {
  readonly resources: string[];
  readonly detail: { readonly status: string };
}

async function take(count: number): Promise<Event[]> {
  const found: Event[] = [];
  const deadline = Date.now() + 15_000;
  while (found.length < count && Date.now() < deadline) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    for (const { Body, ReceiptHandle } of Messages) {
      found.push(JSON.parse(Body!) as Event);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  return found;
}

test("the event bus receives each change of an execution's status", async () => {
  const { arn } = await machines.run({ Stop: { Type: "Fail", Error: "SomeFailure", Cause: "why" } }, { a: 1 });
  const events = await take(2);
  expect(events.map(({ resources }) => resources)).toEqual([[arn], [arn]]);
  const byStatus = new Map(events.map(({ detail }) => [detail.status, detail]));
  expect(byStatus.get("RUNNING")).toMatchObject({
    executionArn: arn,
    input: '{"a":1}',
    output: null,
    stopDate: null,
    startDate: expect.any(Number),
  });
  expect(byStatus.get("FAILED")).toMatchObject({ error: "SomeFailure", cause: "why", stopDate: expect.any(Number) });
});
