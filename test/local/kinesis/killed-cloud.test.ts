import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { untilActive } from "./kinesis-fixture.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function startProcess(stateFolder: string): Promise<{ child: ChildProcess; kinesis: KinesisClient }> {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = line.toString().trim();
  return { child, kinesis: new KinesisClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 }) };
}

test("a killed cloud has every record that it acknowledged, under its number, in its shard", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-kinesis-"));
  folders.push(stateFolder);
  const StreamName = "readings";
  const first = await startProcess(stateFolder);
  await first.kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  await untilActive(first.kinesis, StreamName);
  const acknowledged = new Map<string, string>();
  const producing = async (worker: number) => {
    for (let n = 0; ; n++) {
      const text = `${worker}-${n}`;
      const put = new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey: text });
      const { ShardId, SequenceNumber } = await first.kinesis.send(put);
      acknowledged.set(text, `${ShardId}:${SequenceNumber}`);
    }
  };
  const working = Promise.allSettled([producing(0), producing(1), producing(2)]);
  await expect.poll(() => acknowledged.size).toBeGreaterThan(30);
  const NewStartingHashKey = (2n ** 126n).toString();
  await first.kinesis.send(
    new SplitShardCommand({ StreamName, ShardToSplit: "shardId-000000000000", NewStartingHashKey }),
  );
  const splitAt = acknowledged.size;
  await expect.poll(() => acknowledged.size).toBeGreaterThan(splitAt + 30);
  first.child.kill("SIGKILL");
  await Promise.all([once(first.child, "exit"), working]);
  first.kinesis.destroy();

  const second = await startProcess(stateFolder);
  const { Shards } = await second.kinesis.send(new ListShardsCommand({ StreamName }));
  expect(Shards).toHaveLength(4);
  const kept = new Map<string, string>();
  for (const { ShardId } of Shards!) {
    const from = { ShardId, ShardIteratorType: "TRIM_HORIZON" as const };
    const { ShardIterator } = await second.kinesis.send(new GetShardIteratorCommand({ StreamName, ...from }));
    const { Records } = await second.kinesis.send(new GetRecordsCommand({ ShardIterator }));
    for (const { Data, SequenceNumber } of Records!)
      kept.set(Buffer.from(Data!).toString(), `${ShardId}:${SequenceNumber}`);
  }
  expect([...acknowledged].filter(([text, place]) => kept.get(text) !== place)).toEqual([]);
  second.kinesis.destroy();
  second.child.kill("SIGTERM");
  await once(second.child, "exit");
});
