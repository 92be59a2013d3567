import { GetEventSourceMappingCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;
let sqs: SQSClient;
let lambda: LambdaClient;

beforeAll(async () => {
  project = await starterProject("automation");
  outputs = await deployStarter(project);
  const options = await clientOptions(project);
  sqs = new SQSClient(options);
  lambda = new LambdaClient(options);
});

afterAll(async () => {
  sqs.destroy();
  lambda.destroy();
  await project.remove();
});

const QueueUrl = () => outputs["PaymentsUrl"]!;

async function pay(amount: number): Promise<string> {
  const { MessageId } = await sqs.send(
    new SendMessageCommand({ QueueUrl: QueueUrl(), MessageBody: JSON.stringify({ amount }) }),
  );
  return MessageId!;
}

async function tickets(): Promise<string[]> {
  const { body } = await call<{ status: string; reason: string }[]>(outputs["ApiUrl"]!, "GET", "/tickets");
  return body.map(({ status, reason }) => `${status}: ${/^Threshold Crossed/.exec(reason)?.[0]}`);
}

const consumer = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID: outputs["Consumer"] }))).State;

async function bankOf(id: string): Promise<string | undefined> {
  const { body } = await call<{ id: string; bank: string }[]>(outputs["ApiUrl"]!, "GET", "/receipts");
  return body.find((receipt) => receipt.id === id)?.bank;
}

const soon = { interval: 100 };

it("failing payments stop their consumer and open a ticket; when it is quiet both are restored, and releases continue", async () => {
  await Promise.all([pay(-1), pay(-2), pay(-3), pay(-4)]);
  await expect.poll(tickets, soon).toContain("open: Threshold Crossed");
  await expect.poll(consumer, soon).toMatch(/Disabl/);
  await sqs.send(new PurgeQueueCommand({ QueueUrl: QueueUrl() }));
  await expect.poll(tickets, soon).toEqual(["closed: Threshold Crossed"]);
  await expect.poll(consumer, soon).toBe("Enabled");
  const first = await pay(5);
  await expect.poll(() => bankOf(first), soon).toBe("first");

  project.edit("functions/charge.ts", (text) => text.replace('S: "first"', 'S: "second"'));
  expect(await deployStarter(project)).toEqual(outputs);
  const second = await pay(6);
  await expect.poll(() => bankOf(second), soon).toBe("second");

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  const third = await pay(7);
  await expect.poll(() => bankOf(third), soon).toBe("first");

  await destroyStarter(project);
});
