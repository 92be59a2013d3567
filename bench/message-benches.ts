import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./bench-table.ts";
import { clientOptions, KILLED, tidegate, underKills } from "./killed-cloud.ts";

const ROOT = resolve(import.meta.dirname, "..");
const MESSAGES = 2_000;
const SENDERS = 4;
const PATIENCE_MS = 120_000;

/** The starter `messaging` on a local cloud of its own: orders through a queue and a function into a table. */
export const messageBenches: Record<string, Bench> = {
  "queue-to-table": (scratch) =>
    withStarter(scratch, async (shop) => {
      const startedMs = performance.now();
      const sent = new Set<string>();
      await send(shop, MESSAGES, sent);
      const sentSeconds = (performance.now() - startedMs) / 1000;
      await arrived(shop, sent);
      const seconds = (performance.now() - startedMs) / 1000;
      return `${Math.round(sent.size / sentSeconds)} messages a second sent, ${Math.round(sent.size / seconds)} a second through queue, function and table`;
    }),
  "queue-to-table-killed": (scratch) =>
    withStarter(scratch, async (shop) => {
      const sent = new Set<string>();
      // What is refused while the cloud is down was not acknowledged.
      await underKills(shop.folder, () => send(shop, 100, sent));
      const lost = await arrived(shop, sent);
      return `${KILLED}: ${sent.size} messages acknowledged, lost: ${lost}`;
    }),
};

interface Shop {
  readonly folder: string;
  readonly queueUrl: string;
  readonly table: string;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
}

/** Sends orders, ten a call, and notes the ids of those that were acknowledged. */
async function send({ sqs, queueUrl: QueueUrl }: Shop, count: number, acknowledged: Set<string>): Promise<void> {
  const calls = Array.from({ length: count / 10 }, (_, call) => call);
  const sender = async () => {
    while (calls.pop() !== undefined) {
      const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: `${index}`, MessageBody: '{"item":"tea"}' }));
      const { Successful = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      for (const { MessageId } of Successful) acknowledged.add(MessageId!);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

/** Waits until everything that was acknowledged is in the table; answers how much never came. */
async function arrived({ dynamodb, table }: Shop, ids: ReadonlySet<string>): Promise<number> {
  for (const endMs = performance.now() + PATIENCE_MS; ; await sleep(200)) {
    const found = new Set<string>();
    for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: table })) {
      for (const { id } of Items) found.add(id!.S!);
    }
    const missing = [...ids].filter((id) => !found.has(id)).length;
    if (missing === 0 || performance.now() > endMs) return missing;
  }
}

async function withStarter(scratch: string, work: (shop: Shop) => Promise<string>): Promise<string> {
  const folder = join(scratch, "messaging");
  cpSync(join(ROOT, "templates/messaging"), folder, { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const app = readFileSync(join(folder, "bin/app.ts"), "utf8");
  const outputs =
    'new CfnOutput(stack, "QueueUrl", { value: queue.queueUrl });\nnew CfnOutput(stack, "Table", { value: orders.tableName });\napp.synth();';
  const own = app.replace('from "tidegate"', `from ${JSON.stringify(join(ROOT, "dist/lib/index.js"))}`);
  writeFileSync(join(folder, "bin/app.ts"), own.replace("app.synth();", outputs));
  try {
    const deployed = JSON.parse(tidegate(folder, "deploy", "--json")) as {
      stacks: { outputs: Record<string, string> }[];
    };
    const { QueueUrl = "", Table = "" } = deployed.stacks[0]!.outputs;
    const options = clientOptions(folder);
    const sqs = new SQSClient({ ...options, maxAttempts: 1 });
    const dynamodb = new DynamoDBClient({ ...options, maxAttempts: 10 });
    return await work({
      folder,
      queueUrl: QueueUrl,
      table: Table,
      sqs,
      dynamodb,
    });
  } finally {
    tidegate(folder, "local", "stop");
  }
}
