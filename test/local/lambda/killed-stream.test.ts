import { CreateStreamCommand, DescribeStreamCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
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
const processes: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidegate-killed-stream-"));
});
afterAll(async () => {
  for (const child of processes) await kill(child);
  await rm(folder, { recursive: true, force: true });
});

async function start() {
  const program = join(import.meta.dirname, "cloud-process.ts");
  const child = spawn(process.execPath, [program, join(folder, "state")], { stdio: ["ignore", "pipe", "ignore"] });
  processes.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const settings = { endpoint: line.toString().trim(), region: "us-east-1", credentials, maxAttempts: 1 };
  return { child, kinesis: new KinesisClient(settings), lambda: new LambdaClient(settings) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

test(
  "a killed cloud goes on reading where it came to: nothing is lost, little is done twice, the window's state is kept",
  { timeout: 90_000 },
  async () => {
    const note = join(folder, "note");
    const read = async () =>
      (await readFile(note, "utf8").catch(() => ""))
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { readonly texts: string[]; readonly before: number });
    // The windows of 900 seconds begin with the hour's quarters: all of this is to happen in one.
    const leftMs = 900_000 - (Date.now() % 900_000);
    if (leftMs < 30_000) await new Promise((resolve) => setTimeout(resolve, leftMs));
    let cloud = await start();
    const StreamName = "readings";
    await cloud.kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    const code = `exports.handler = async (event) => {
    const texts = event.Records.map((record) => Buffer.from(record.kinesis.data, "base64").toString());
    require("fs").appendFileSync(${JSON.stringify(note)}, JSON.stringify({ texts, before: event.state.count ?? 0 }) + "\\n");
    return { state: { count: (event.state.count ?? 0) + texts.length } }; };`;
    const FunctionName = "reader";
    const Code = { ZipFile: await zipOf({ "index.js": code }) };
    await cloud.lambda.send(
      new CreateFunctionCommand({ FunctionName, Role: ROLE, Runtime: "nodejs22.x", Handler: "index.handler", Code }),
    );
    const stateOf = async () => (await cloud.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).State;
    const statusOf = async () =>
      (await cloud.kinesis.send(new DescribeStreamCommand({ StreamName }))).StreamDescription?.StreamStatus;
    await expect.poll(stateOf).toBe("Active");
    await expect.poll(statusOf).toBe("ACTIVE");
    await cloud.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName,
        EventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`,
        StartingPosition: "LATEST",
        BatchSize: 2,
        TumblingWindowInSeconds: 900,
      }),
    );
    const put = (text: string) =>
      cloud.kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey: "k" }));
    const texts = Array.from({ length: 40 }, (_, n) => String(n));
    const kills = 3;
    for (let round = 0; round <= kills; round++) {
      for (const text of texts.slice(round * 10, round * 10 + 10)) await put(text);
      const seen = (await read()).length;
      await expect.poll(async () => (await read()).length, { timeout: 15_000 }).toBeGreaterThan(seen);
      if (round === kills) break;
      await kill(cloud.child);
      cloud.kinesis.destroy();
      cloud.lambda.destroy();
      cloud = await start();
    }
    await expect.poll(async () => (await read()).flatMap((call) => call.texts).at(-1), { timeout: 15_000 }).toBe("39");
    const calls = await read();
    const all = calls.flatMap((call) => call.texts);
    expect([...new Set(all)]).toEqual(texts);
    // A kill between the function's answer and the note of it repeats one batch, with the state that it had before.
    expect(all.length - texts.length).toBeLessThanOrEqual(2 * kills);
    for (const call of calls) expect(call.before).toBe(Number(call.texts[0]));
    cloud.kinesis.destroy();
    cloud.lambda.destroy();
  },
);
