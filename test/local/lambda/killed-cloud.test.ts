import {
  CreateAliasCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  CreateFunctionCommand,
} from "@aws-sdk/client-lambda";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IAMClient } from "@aws-sdk/client-iam";
import { makeRole } from "../../helpers/make-role.ts";
import { eventually, ROLE, zipOf } from "./lambda-fixture.ts";

let folder: string;
let processes: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidegate-killed-"));
});
afterEach(async () => {
  for (const child of processes) await kill(child);
  processes = [];
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<{ child: ChildProcess; client: LambdaClient }> {
  const program = fileURLToPath(new URL("cloud-process.ts", import.meta.url));
  const child = spawn(process.execPath, [program, join(folder, "state")], { stdio: ["ignore", "pipe", "inherit"] });
  processes.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const settings = { endpoint: line.toString().trim(), region: "us-east-1", credentials, maxAttempts: 1 };
  await makeRole(new IAMClient(settings), "test");
  const client = new LambdaClient(settings);
  return { child, client };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function make(client: LambdaClient, FunctionName: string, code: string, Timeout = 30): Promise<void> {
  const Code = { ZipFile: await zipOf({ "index.js": code }) };
  await client.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: ROLE,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code,
      Timeout,
    }),
  );
  await eventually(async () => {
    const { State } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return State === "Active";
  });
}

describe("a cloud that is killed", () => {
  it("takes its functions' processes, their children and their daemons with it", async () => {
    const { child, client } = await start();
    const note = join(folder, "note");
    await make(
      client,
      "sleeper",
      `const { spawn } = require("node:child_process");
       exports.handler = async () => {
         const child = spawn("sleep", ["600"], { stdio: "ignore" });
         const stray = spawn("setsid", ["sleep", "601"], { stdio: "ignore", detached: true });
         require("fs").writeFileSync(${JSON.stringify(note)}, [process.pid, child.pid, stray.pid].join(" "));
         for (;;) {}
       };`,
    );
    const calling = client.send(new InvokeCommand({ FunctionName: "sleeper" })).catch(() => undefined);
    await eventually(() => existsSync(note));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const pids = (await readFile(note, "utf8")).split(" ");
    await kill(child);
    await calling;
    await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });

  it("keeps what it acknowledged: functions, versions, aliases with their weights", async () => {
    const first = await start();
    await make(first.client, "kept", "exports.handler = async () => 'kept'");
    await first.client.send(new PublishVersionCommand({ FunctionName: "kept" }));
    const alias = await first.client.send(
      new CreateAliasCommand({ FunctionName: "kept", Name: "live", FunctionVersion: "1" }),
    );
    await kill(first.child);
    // Unpacked code can be made again.
    await rm(join(folder, "state", "scratch"), { recursive: true, force: true });
    const second = await start();
    const again = await second.client.send(new GetAliasCommand({ FunctionName: "kept", Name: "live" }));
    expect(again.RevisionId).toBe(alias.RevisionId);
    const { Payload } = await second.client.send(new InvokeCommand({ FunctionName: "kept", Qualifier: "live" }));
    expect(Payload?.transformToString()).toBe('"kept"');
  });

  it("runs the asynchronous events that it accepted", async () => {
    const first = await start();
    const note = join(folder, "events");
    await make(
      first.client,
      "async",
      `exports.handler = async (event) => {
         await new Promise((done) => setTimeout(done, 300));
         require("fs").appendFileSync(${JSON.stringify(note)}, event.n + "\\n");
       };`,
    );
    for (const n of [1, 2, 3]) {
      const Payload = JSON.stringify({ n });
      const { StatusCode } = await first.client.send(
        new InvokeCommand({ FunctionName: "async", InvocationType: "Event", Payload }),
      );
      expect(StatusCode).toBe(202);
    }
    await kill(first.child);
    await start();
    await eventually(async () => {
      const text = await readFile(note, "utf8").catch(() => "");
      return ["1", "2", "3"].every((n) => text.split("\n").includes(n));
    });
  });
});
