import { IAMClient } from "@aws-sdk/client-iam";
import { makeRole } from "../../helpers/make-role.ts";
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  KinesisClient,
  PutRecordCommand,
  UpdateShardCountCommand,
} from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROLE, zipOf } from "./lambda-fixture.ts";

let folder: string;
let count = 0;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidegate-killed-stream-"));
});
afterAll(async () => {
  for (const child of processes) await kill(child);
  await rm(folder, { recursive: true, force: true });
});

type Cloud = Awaited<ReturnType<typeof start>>;

async function start(state: string) {
  const program = join(import.meta.dirname, "cloud-process.ts");
  const child = spawn(process.execPath, [program, join(folder, state)], { stdio: ["ignore", "pipe", "ignore"] });
  processes.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const settings = { endpoint: line.toString().trim(), region: "us-east-1", credentials, maxAttempts: 1 };
  await makeRole(new IAMClient(settings), "test");
  return { child, kinesis: new KinesisClient(settings), lambda: new LambdaClient(settings) };
}

/** Kills a cloud and starts another on what it left. */
async function restart(cloud: Cloud, state: string): Promise<Cloud> {
  await kill(cloud.child);
  cloud.kinesis.destroy();
  cloud.lambda.destroy();
  return start(state);
}

/** A stream, and a function that reads it and keeps what its code hands to `write`. */
async function connect(
  { kinesis, lambda }: Cloud,
  ShardCount: number,
  code: string,
  options: Partial<CreateEventSourceMappingCommandInput>,
) {
  const name = `readings-${count++}`;
  const note = join(folder, name);
  const source = `exports.handler = async (event) => {
    const texts = event.Records.map((record) => Buffer.from(record.kinesis.data, "base64").toString());
    const write = (entry) => require("fs").appendFileSync(${JSON.stringify(note)}, JSON.stringify(entry) + "\\n");
    ${code} };`;
  const Code = { ZipFile: await zipOf({ "index.js": source }) };
  await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount }));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: ROLE,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code,
    }),
  );
  const stateOf = async () => (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }))).State;
  await expect.poll(stateOf).toBe("Active");
  await expect.poll(() => statusOf(kinesis, name)).toBe("ACTIVE");
  const EventSourceArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
  await lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn, StartingPosition: "LATEST", ...options }),
  );
  const told = async (): Promise<unknown[]> =>
    (await readFile(note, "utf8").catch(() => ""))
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  return { name, told };
}

const statusOf = async (kinesis: KinesisClient, StreamName: string) =>
  (await kinesis.send(new DescribeStreamCommand({ StreamName }))).StreamDescription?.StreamStatus;

const put = ({ kinesis }: Cloud, StreamName: string, text: string, PartitionKey = "k") =>
  kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey }));

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

test(
  "a killed cloud continues reading where it stopped: nothing is lost, little is done twice, the window's state is kept",
  { timeout: 90_000 },
  async () => {
    // The windows of 900 seconds begin with the hour's quarters: all of this is to happen in one.
    const leftMs = 900_000 - (Date.now() % 900_000);
    if (leftMs < 30_000) await new Promise((resolve) => setTimeout(resolve, leftMs));
    let cloud = await start("windows");
    const code = `write({ texts, before: event.state.count ?? 0 });
    return { state: { count: (event.state.count ?? 0) + texts.length } };`;
    const { name, told } = await connect(cloud, 1, code, { BatchSize: 2, TumblingWindowInSeconds: 900 });
    const read = async () => (await told()) as { readonly texts: string[]; readonly before: number }[];
    const texts = Array.from({ length: 40 }, (_, n) => String(n));
    const kills = 3;
    for (let round = 0; round <= kills; round++) {
      for (const text of texts.slice(round * 10, round * 10 + 10)) await put(cloud, name, text);
      const seen = (await read()).length;
      await expect.poll(async () => (await read()).length).toBeGreaterThan(seen);
      if (round < kills) cloud = await restart(cloud, "windows");
    }
    await expect.poll(async () => (await read()).flatMap((call) => call.texts).at(-1)).toBe("39");
    const calls = await read();
    const all = calls.flatMap((call) => call.texts);
    expect([...new Set(all)]).toEqual(texts);
    // A kill between the function's answer and the note of it repeats one batch, with the state that it had before.
    expect(all.length - texts.length).toBeLessThanOrEqual(2 * kills);
    for (const call of calls) expect(call.before).toBe(Number(call.texts[0]));
  },
);

test(
  "over kills and resharding, with keys handled at once, every record comes and those of a key stay in order",
  { timeout: 90_000 },
  async () => {
    let cloud = await start("shards");
    const options = { BatchSize: 3, ParallelizationFactor: 4 };
    const { name, told } = await connect(cloud, 2, "for (const text of texts) write(text);", options);
    const keys = ["a", "b", "c", "d", "e", "f", "g"];
    const perRound = 6;
    const shardCounts = [4, 3, 2, 3];
    for (const [round, TargetShardCount] of shardCounts.entries()) {
      for (let n = 0; n < perRound; n++)
        await Promise.all(keys.map((key) => put(cloud, name, `${key}${round * perRound + n}`, key)));
      await cloud.kinesis.send(
        new UpdateShardCountCommand({ StreamName: name, TargetShardCount, ScalingType: "UNIFORM_SCALING" }),
      );
      if (round < 3) cloud = await restart(cloud, "shards");
      await expect.poll(() => statusOf(cloud.kinesis, name)).toBe("ACTIVE");
    }
    const total = perRound * shardCounts.length;
    const first = async () => [...new Set(await told())] as string[];
    await expect.poll(async () => (await first()).length).toBe(total * keys.length);
    const texts = await first();
    for (const key of keys)
      expect(texts.filter((text) => text.startsWith(key))).toEqual(
        Array.from({ length: total }, (_, n) => `${key}${n}`),
      );
  },
);
