import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud } from "../../helpers/cloud.ts";
import { eventually } from "../sns/sns-fixture.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:objects";
const Bucket = "watched";
let stateFolder: string;

beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "tidegate-s3-"));
});
afterAll(() => rm(stateFolder, { recursive: true, force: true }));

const POLICY = JSON.stringify({
  Statement: [
    { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sqs:SendMessage", Resource: QUEUE },
  ],
});

interface S3Event {
  readonly Records?: readonly { readonly s3: { readonly object: { readonly key: string } } }[];
}

test("a queue receives an event of every object that a killed cloud acknowledged", async () => {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const settings = {
    endpoint: line.toString().trim(),
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const sqs = new SQSClient(settings);
  await sqs.send(new CreateQueueCommand({ QueueName: "objects", Attributes: { Policy: POLICY } }));
  await s3.send(new CreateBucketCommand({ Bucket }));
  const QueueConfigurations = [{ QueueArn: QUEUE, Events: ["s3:ObjectCreated:*" as const] }];
  await s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: { QueueConfigurations } }),
  );
  const acknowledged = new Set<string>();
  const write = async (worker: number) => {
    for (let i = 0; ; i++) {
      const Key = `${worker}/${i}`;
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
      acknowledged.add(Key);
    }
  };
  const workers = [1, 2, 3, 4].map((worker) => write(worker).catch(() => undefined));
  await expect.poll(() => acknowledged.size, { interval: 1 }).toBeGreaterThan(40);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await Promise.all([...workers, exited]);
  s3.destroy();
  sqs.destroy();

  const cloud = await startTestCloud({ stateFolder });
  const client = cloud.client(SQSClient);
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: "objects" }));
  const missing = new Set(acknowledged);
  await eventually(async () => {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    for (const { Body } of Messages ?? [])
      for (const { s3: told } of (JSON.parse(Body!) as S3Event).Records ?? []) missing.delete(told.object.key);
    return missing.size === 0;
  });
  await cloud.stop();
});
