import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function startProcess(stateFolder: string): Promise<{ child: ChildProcess; client: SQSClient }> {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new SQSClient({ endpoint: line.toString().trim(), region: "us-east-1", credentials, maxAttempts: 1 });
  return { child, client };
}

test("a killed cloud has lost no message that it acknowledged, and restores none whose deletion it acknowledged", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-sqs-"));
  folders.push(stateFolder);
  const first = await startProcess(stateFolder);
  const create = new CreateQueueCommand({ QueueName: "work", Attributes: { VisibilityTimeout: "0" } });
  await first.client.send(create);
  const QueueUrl = "http://127.0.0.1/000000000000/work";
  const sent = new Set<string>();
  const deleted = new Set<string>();
  const unsure = new Set<string>();
  const producing = async (worker: number) => {
    for (let n = 0; ; n++) {
      const body = `${worker}-${n}`;
      await first.client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
      sent.add(body);
    }
  };
  const consuming = async () => {
    for (;;) {
      const { Messages = [] } = await first.client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 1 }));
      for (const { Body = "", ReceiptHandle } of Messages) {
        unsure.add(Body);
        await first.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        deleted.add(Body);
        unsure.delete(Body);
      }
    }
  };
  const working = Promise.allSettled([producing(0), producing(1), consuming()]);
  await expect.poll(() => deleted.size).toBeGreaterThan(30);
  first.child.kill("SIGKILL");
  await Promise.all([once(first.child, "exit"), working]);
  first.client.destroy();

  const second = await startProcess(stateFolder);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const left = new Set<string>();
  for (;;) {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 });
    const { Messages = [] } = await second.client.send(receive);
    if (Messages.length === 0) break;
    for (const { Body = "" } of Messages) left.add(Body);
  }
  expect([...sent].filter((body) => !deleted.has(body) && !unsure.has(body) && !left.has(body))).toEqual([]);
  expect([...deleted].filter((body) => left.has(body))).toEqual([]);
  second.client.destroy();
  second.child.kill("SIGTERM");
  await once(second.child, "exit");
});
