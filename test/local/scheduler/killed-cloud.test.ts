import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { CreateScheduleCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { afterAll, expect, test } from "vitest";
import { eventually, startEvents } from "../eventbridge/events-fixture.ts";
import { openScheduler, scheduleInput, startScheduler } from "./scheduler-fixture.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tidegate-scheduler-"));
  folders.push(folder);
  return folder;
}

async function startProcess(
  stateFolder: string,
): Promise<{ child: ChildProcess; client: SchedulerClient; gone: Promise<unknown> }> {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = line.toString().trim();
  return { child, gone, client: new SchedulerClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 }) };
}

/** Whether the cloud has counted an attempt that its target refused for being throttled. */
async function wasTried({ config }: SchedulerClient): Promise<boolean> {
  const { endpoint, region, credentials } = config;
  const client = new CloudWatchClient({ endpoint: endpoint!, region, credentials });
  const listed = new ListMetricsCommand({ Namespace: "AWS/Scheduler", MetricName: "TargetErrorThrottledCount" });
  const { Metrics = [] } = await client.send(listed).finally(() => client.destroy());
  return Metrics.length > 0;
}

test("what was due and what is due reaches its target, over a kill", async () => {
  const stateFolder = await newFolder();
  const first = await startScheduler({ stateFolder });
  const Arn = await first.queues.make("survivors");
  await first.cloud.stop();

  const { child, client, gone } = await startProcess(stateFolder);
  const acknowledged = new Set<string>();
  // Half are due at once and cut off in the middle of it, half while the cloud is down.
  const at = `at(${new Date(Date.now() + 1500).toISOString().slice(0, 19)})`;
  const write = async (worker: number) => {
    for (let count = 0; ; count++) {
      const name = `s${worker}-${count}`;
      const expression = count % 2 === 0 ? "at(2020-01-01T00:00:00)" : at;
      const input = scheduleInput(name, expression, { Arn, Input: name });
      await client.send(new CreateScheduleCommand({ ...input, ActionAfterCompletion: "DELETE" }));
      acknowledged.add(name);
      if (acknowledged.size >= 200) child.kill("SIGKILL");
    }
  };
  await Promise.all([1, 2, 3, 4].map((worker) => write(worker).catch(() => undefined)));
  client.destroy();
  await gone;
  expect(acknowledged.size).toBeGreaterThanOrEqual(200);

  const second = await startScheduler({ stateFolder });
  const arrived = new Set<string>();
  const missing = async () => {
    for (const { Body } of await second.queues.peek("survivors")) arrived.add(Body!);
    return [...acknowledged].filter((name) => !arrived.has(name)).length;
  };
  await expect.poll(missing, { interval: 1 }).toBe(0);
  const left = async () => (await second.scheduler.send(new ListSchedulesCommand({}))).Schedules;
  await expect.poll(left).toEqual([]);
  await second.cloud.stop();
});

test("what waits to be tried again is, over a kill", async () => {
  const stateFolder = await newFolder();
  const first = await startEvents({ stateFolder });
  await openScheduler(first.cloud);
  const FunctionName = "busy";
  const arn = await first.listener(FunctionName);
  const throttle = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
  await first.lambda.send(throttle);
  await first.cloud.stop();

  const { child, client, gone } = await startProcess(stateFolder);
  const Input = JSON.stringify({ FunctionName: arn, Payload: '"<aws.scheduler.attempt-number>"' });
  const target = { Arn: "arn:aws:scheduler:::aws-sdk:lambda:invoke", Input };
  const input = scheduleInput("busy", "at(2020-01-01T00:00:00)", target);
  await client.send(new CreateScheduleCommand({ ...input, ActionAfterCompletion: "DELETE" }));
  // Killed once it has been tried: it is to be tried again a second later.
  await expect.poll(() => wasTried(client)).toBe(true);
  child.kill("SIGKILL");
  client.destroy();
  await gone;

  const second = await startEvents({ stateFolder });
  await second.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 }));
  await second.cloud.clock.advance(60_000);
  await eventually(async () => (await second.heard(FunctionName)).length > 0);
  expect(Number((await second.heard(FunctionName))[0])).toBeGreaterThan(1);
  await second.cloud.stop();
});
