import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { openQueues } from "./queue-fixture.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function prepare(cloud: TestCloud): Promise<void> {
  const Arn = await openQueues(cloud).make("survivors");
  const events = cloud.client(EventBridgeClient);
  await events.send(new PutRuleCommand({ Name: "survivors", EventPattern: '{"source":["shop"]}' }));
  await events.send(new PutTargetsCommand({ Rule: "survivors", Targets: [{ Id: "1", Arn }] }));
}

test("every event that was acknowledged reaches its target, over a kill", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-events-"));
  folders.push(stateFolder);
  const first = await startTestCloud({ stateFolder });
  await prepare(first);
  await first.stop();

  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = line.toString().trim();
  const client = new EventBridgeClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  const acknowledged = new Set<string>();
  const write = async () => {
    for (;;) {
      const Entries = Array.from({ length: 10 }, () => ({ Source: "shop", DetailType: "t", Detail: "{}" }));
      const answer = await client.send(new PutEventsCommand({ Entries }));
      for (const { EventId } of answer.Entries!) acknowledged.add(EventId!);
      if (acknowledged.size >= 400) child.kill("SIGKILL");
    }
  };
  await Promise.all([1, 2, 3, 4].map(() => write().catch(() => undefined)));
  client.destroy();

  const cloud = await startTestCloud({ stateFolder });
  const queues = openQueues(cloud);
  const arrived = new Set<string>();
  await expect
    .poll(
      async () => {
        for (const { Body } of await queues.peek("survivors")) arrived.add((JSON.parse(Body!) as { id: string }).id);
        return [...acknowledged].filter((id) => !arrived.has(id)).length;
      },
      { timeout: 15_000, interval: 1 },
    )
    .toBe(0);
  await cloud.stop();
}, 30_000);
