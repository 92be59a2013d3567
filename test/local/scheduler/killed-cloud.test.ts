import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateScheduleCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { afterAll, expect, test } from "vitest";
import { scheduleInput, startScheduler } from "./scheduler-fixture.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
let stateFolder: string;

afterAll(() => rm(stateFolder, { recursive: true, force: true }));

async function startProcess(): Promise<{ child: ChildProcess; client: SchedulerClient; gone: Promise<unknown> }> {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = line.toString().trim();
  return { child, gone, client: new SchedulerClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 }) };
}

test("what was due and what is due reaches its target, over a kill", async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "tidegate-scheduler-"));
  const first = await startScheduler({ stateFolder });
  const Arn = await first.queues.make("survivors");
  await first.cloud.stop();

  const { child, client, gone } = await startProcess();
  const acknowledged = new Set<string>();
  // Half are due at once and cut off in the middle of it, half when nobody is there.
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
  await expect.poll(missing, { timeout: 15_000, interval: 1 }).toBe(0);
  const left = async () => (await second.scheduler.send(new ListSchedulesCommand({}))).Schedules;
  await expect.poll(left, { timeout: 5000 }).toEqual([]);
  await second.cloud.stop();
}, 40_000);
