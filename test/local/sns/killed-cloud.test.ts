import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud } from "../../helpers/cloud.ts";
import { eventually } from "./sns-fixture.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:kept";
let stateFolder: string;

beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "tidegate-sns-"));
});
afterAll(() => rm(stateFolder, { recursive: true, force: true }));

const POLICY = JSON.stringify({
  Statement: [
    { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: QUEUE },
  ],
});

test("every message that a killed cloud acknowledged reaches its queue", async () => {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const settings = {
    endpoint: line.toString().trim(),
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  const sns = new SNSClient(settings);
  const sqs = new SQSClient(settings);
  await sqs.send(new CreateQueueCommand({ QueueName: "kept", Attributes: { Policy: POLICY } }));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "topic" }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: QUEUE }));
  const acknowledged = new Set<string>();
  const publish = async () => {
    for (;;) acknowledged.add((await sns.send(new PublishCommand({ TopicArn, Message: "x" }))).MessageId!);
  };
  const workers = [1, 2, 3, 4].map(() => publish().catch(() => undefined));
  await expect.poll(() => acknowledged.size, { interval: 1 }).toBeGreaterThan(40);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await Promise.all([...workers, exited]);
  sns.destroy();
  sqs.destroy();

  const cloud = await startTestCloud({ stateFolder });
  const client = cloud.client(SQSClient);
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: "kept" }));
  const missing = new Set(acknowledged);
  await eventually(async () => {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    for (const { Body } of Messages ?? []) missing.delete((JSON.parse(Body!) as { MessageId: string }).MessageId);
    return missing.size === 0;
  });
  await cloud.stop();
});
