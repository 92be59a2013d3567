import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListExecutionsCommand, ListMapRunsCommand } from "@aws-sdk/client-sfn";
import { afterEach, expect, test } from "vitest";
import { startLambda } from "../lambda/lambda-fixture.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const folders: string[] = [];

afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tidegate-sfn-"));
  folders.push(folder);
  return folder;
}

const STATES = {
  First: { Type: "Pass", Parameters: { "id.$": "States.UUID()" }, ResultPath: "$.first", Next: "Both" },
  Both: {
    Type: "Parallel",
    ResultPath: "$.both",
    Branches: [
      {
        StartAt: "Wait",
        States: { Wait: { Type: "Wait", Seconds: 3600, Next: "A" }, A: { Type: "Pass", Result: "a", End: true } },
      },
      { StartAt: "B", States: { B: { Type: "Pass", Result: "b", End: true } } },
    ],
    End: true,
  },
};

test("an execution continues after a restart where it was: nothing is done twice, and the wait ends at its time", async () => {
  const stateFolder = await newFolder();
  let cloud: TestCloud = await startTestCloud({ stateFolder });
  let machines = new Machines(cloud);
  const arn = await machines.start(await machines.create(STATES));
  const exited = async () => (await machines.history(arn)).filter(({ type }) => type === "PassStateExited").length;
  await expect.poll(exited).toBe(2);
  const before = await machines.history(arn);
  await cloud.stop();

  cloud = await startTestCloud({ stateFolder });
  machines = new Machines(cloud);
  expect(await machines.history(arn)).toEqual(before);
  await cloud.clock.advance(3_601_000);
  const { status, output } = await machines.ended(arn);
  expect(status).toBe("SUCCEEDED");
  const first = JSON.parse(
    before.find(({ type }) => type === "PassStateExited")!.stateExitedEventDetails!.output!,
  ) as object;
  expect(JSON.parse(output!)).toEqual({ ...first, both: ["a", "b"] });
  const ids = (await machines.history(arn)).map(({ id }) => id);
  expect(ids).toEqual(ids.map((_, index) => index + 1));
  await cloud.stop();
});

test("a task that was under way when the cloud went down is asked again", async () => {
  const stateFolder = await newFolder();
  const fixture = await startLambda({ stateFolder });
  const code = `exports.handler = async (event) => {
    const { existsSync, writeFileSync } = require("node:fs");
    if (!existsSync(event.mark)) { writeFileSync(event.mark, ""); await new Promise((done) => setTimeout(done, 60000)); }
    return "second call";
  };`;
  await fixture.make("slow", code, { Timeout: 120 });
  const machines = new Machines(fixture.cloud);
  const mark = join(stateFolder, "mark");
  const Resource = "arn:aws:lambda:us-east-1:000000000000:function:slow";
  const arn = await machines.start(await machines.create({ Work: { Type: "Task", Resource, End: true } }), { mark });
  const { existsSync } = await import("node:fs");
  await expect.poll(() => existsSync(mark)).toBe(true);
  await fixture.cloud.stop();
  const cloud = await startTestCloud({ stateFolder });
  expect(await new Machines(cloud).ended(arn)).toMatchObject({ status: "SUCCEEDED", output: '"second call"' });
  await cloud.stop();
});

async function startProcess(stateFolder: string): Promise<{ child: ChildProcess; endpoint: string }> {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, endpoint: line.toString().trim() };
}

test("a killed cloud ends every execution that it acknowledged", async () => {
  const stateFolder = await newFolder();
  const loop = {
    Count: { Type: "Pass", Parameters: { "n.$": "States.MathAdd($.n, 1)" }, Next: "Enough" },
    Enough: {
      Type: "Choice",
      Choices: [{ Variable: "$.n", NumericGreaterThanEquals: 40, Next: "Done" }],
      Default: "Count",
    },
    Done: { Type: "Succeed" },
  };
  const first = await startProcess(stateFolder);
  const writer = connect(first.endpoint);
  const machine = await writer.create(loop);
  const acknowledged: string[] = [];
  const starting = (async () => {
    for (let n = 0; ; n++) acknowledged.push(await writer.start(machine, { n: 0 }, `run-${n}`));
  })().catch(() => undefined);
  await expect.poll(() => acknowledged.length).toBeGreaterThan(20);
  first.child.kill("SIGKILL");
  await Promise.all([once(first.child, "exit"), starting]);

  const second = await startProcess(stateFolder);
  const reader = connect(second.endpoint);
  for (const arn of acknowledged) {
    expect(await reader.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: '{"n":40}' });
  }
  reader.client.destroy();
  writer.client.destroy();
  second.child.kill("SIGTERM");
  await once(second.child, "exit");
});

test("a Map Run continues after a kill, and starts no child twice", async () => {
  const stateFolder = await newFolder();
  const items = Array.from({ length: 60 }, (_, index) => index);
  const pause = { Pause: { Type: "Wait", Seconds: 1, End: true } };
  const ItemProcessor = { ProcessorConfig: { Mode: "DISTRIBUTED" }, StartAt: "Pause", States: pause };
  const first = await startProcess(stateFolder);
  const writer = connect(first.endpoint);
  const arn = await writer.start(
    await writer.create({ Each: { Type: "Map", MaxConcurrency: 30, ItemProcessor, End: true } }),
    items,
  );
  const children = async (machines: Machines) => {
    const { mapRuns } = await machines.client.send(new ListMapRunsCommand({ executionArn: arn }));
    if (mapRuns?.[0] === undefined) return [];
    const listed = new ListExecutionsCommand({ mapRunArn: mapRuns[0].mapRunArn, maxResults: 1000 });
    return (await machines.client.send(listed)).executions!;
  };
  await expect.poll(async () => (await children(writer)).length).toBeGreaterThan(30);
  first.child.kill("SIGKILL");
  await once(first.child, "exit");

  const second = await startProcess(stateFolder);
  const reader = connect(second.endpoint);
  expect(await reader.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: JSON.stringify(items) });
  expect(await children(reader)).toHaveLength(60);
  reader.client.destroy();
  writer.client.destroy();
  second.child.kill("SIGTERM");
  await once(second.child, "exit");
});

function connect(endpoint: string): Machines {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const settings = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  const make = (Client: new (configuration: object) => object) => new Client(settings);
  return new Machines({ client: make as unknown as TestCloud["client"] });
}
