import {
  CreateArchiveCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { openQueues, type QueueFixture } from "./queue-fixture.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function prepare(cloud: TestCloud): Promise<void> {
  const Arn = await openQueues(cloud).make("survivors");
  const events = cloud.client(EventBridgeClient);
  await events.send(new PutRuleCommand({ Name: "survivors", EventPattern: '{"source":["shop"]}' }));
  await events.send(new PutTargetsCommand({ Rule: "survivors", Targets: [{ Id: "1", Arn }] }));
}

async function startProcess(
  stateFolder: string,
): Promise<{ child: ChildProcess; client: EventBridgeClient; gone: Promise<unknown> }> {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = line.toString().trim();
  const client = new EventBridgeClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  return { child, client, gone };
}

/** The ids of the messages' events, collected until none of `wanted` is missing. */
async function waitForAll(queues: QueueFixture, wanted: ReadonlySet<string>): Promise<void> {
  const arrived = new Set<string>();
  await expect
    .poll(
      async () => {
        for (const { Body } of await queues.peek("survivors")) arrived.add((JSON.parse(Body!) as { id: string }).id);
        return [...wanted].filter((id) => !arrived.has(id)).length;
      },
      { timeout: 15_000, interval: 1 },
    )
    .toBe(0);
}

test("every event that was acknowledged reaches its target, over a kill", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-events-"));
  folders.push(stateFolder);
  const first = await startTestCloud({ stateFolder });
  await prepare(first);
  await first.stop();

  const { child, client, gone } = await startProcess(stateFolder);
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
  await gone;

  const cloud = await startTestCloud({ stateFolder });
  expect(acknowledged.size).toBeGreaterThanOrEqual(400);
  await waitForAll(openQueues(cloud), acknowledged);
  await cloud.stop();
});

test("a replay that was acknowledged finishes, even after a kill", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-replay-"));
  folders.push(stateFolder);
  const first = await startTestCloud({ stateFolder });
  const EventSourceArn = "arn:aws:events:us-east-1:000000000000:event-bus/default";
  const events = first.client(EventBridgeClient);
  await events.send(new CreateArchiveCommand({ ArchiveName: "all", EventSourceArn }));
  const ids = new Set<string>();
  for (let call = 0; call < 30; call++) {
    const Entries = Array.from({ length: 10 }, () => ({ Source: "shop", DetailType: "t", Detail: "{}" }));
    for (const { EventId } of (await events.send(new PutEventsCommand({ Entries }))).Entries!) ids.add(EventId!);
  }
  // The rule comes after the events: what arrives was replayed.
  await prepare(first);
  await first.stop();

  const { child, client, gone } = await startProcess(stateFolder);
  await client.send(
    new StartReplayCommand({
      ReplayName: "again",
      EventSourceArn: EventSourceArn.replace("event-bus/default", "archive/all"),
      Destination: { Arn: EventSourceArn },
      EventStartTime: new Date(0),
      EventEndTime: new Date(Date.now() + 60_000),
    }),
  );
  child.kill("SIGKILL");
  client.destroy();
  await gone;

  const cloud = await startTestCloud({ stateFolder });
  await waitForAll(openQueues(cloud), ids);
  const { State } = await cloud.client(EventBridgeClient).send(new DescribeReplayCommand({ ReplayName: "again" }));
  expect(State).toBe("COMPLETED");
  await cloud.stop();
});
