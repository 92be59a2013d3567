import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Debugger, type SourceLine } from "../helpers/debugger.ts";
import { type DevRun, startDev } from "../helpers/dev-run.ts";
import { exampleProject, type TestProject } from "../helpers/project.ts";
import { call } from "../helpers/todo-client.ts";

const WORKER = `interface Message { readonly body: string }

export async function handler(event: { readonly Records: readonly Message[] }): Promise<void> {
  const bodies = event.Records.map(({ body }) => body);
  console.log("worked on", bodies.join());
}
`;
const WORKER_TIMEOUT_MS = 1_000;

let project: TestProject;
let dev: DevRun;
let outputs: Readonly<Record<string, string>>;
let ports: ReadonlyMap<string, number>;

beforeAll(async () => {
  project = exampleProject();
  project.write("functions/worker.ts", WORKER);
  project.edit("bin/app.ts", (text) =>
    text.replace("HttpAuth, Rollout", "HttpAuth, Queue, Rollout").replace(
      'new Rollout(app, "Rollout"',
      `const jobs = new Queue(stack, "Jobs");
jobs.consume(new Function(stack, "Worker", { entry: "functions/worker.ts", timeout: Duration.seconds(1) }));
new CfnOutput(stack, "JobsUrl", { value: jobs.queueUrl });
new Rollout(app, "Rollout"`,
    ),
  );
  dev = startDev(project, "--inspect");
  outputs = (await dev.next("DevReady")).data?.outputs?.["Todo"] ?? {};
  const { data } = await dev.next("DevInspect");
  ports = new Map(data?.functions?.map(({ name, port = 0 }) => [name, port]));
});

afterAll(async () => {
  dev.command.process.kill("SIGKILL");
  await project.remove();
});

async function attach(name: string): Promise<Debugger> {
  const port = ports.get(name) ?? 0;
  return expect
    .poll(() => Debugger.tryAttach(port))
    .toBeDefined()
    .then(() => mustAttach(port));
}

async function mustAttach(port: number): Promise<Debugger> {
  const attached = await Debugger.tryAttach(port);
  if (attached === undefined) throw new Error(`nothing to attach to at ${port}`);
  return attached;
}

/** The first line of a file that has the words. */
function lineOf(path: string, words: string): SourceLine {
  const file = join(realpathSync(project.folder), path);
  const index = readFileSync(file, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(words));
  return { file, line: index + 1 };
}

describe("a dev session with --inspect", () => {
  it("stops at a breakpoint in TypeScript that an API call reaches", async () => {
    const attached = await attach("List");
    const wanted = lineOf("functions/todo/list.ts", "const after");
    await attached.breakAt(wanted);
    const answer = call(outputs["ApiUrl"] ?? "", "GET", "/todos");
    expect(await attached.paused()).toEqual(wanted);
    await attached.resume();
    expect((await answer).status).toBe(200);
    attached.close();
  });

  it("stops at one that a queue's message reaches, and the timeout waits", async () => {
    const attached = await attach("Worker");
    const wanted = lineOf("functions/worker.ts", "const bodies");
    await attached.breakAt(wanted);
    const sqs = new SQSClient({
      region: "us-east-1",
      endpoint: String((await project.json("local", "status"))["endpoint"]),
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: outputs["JobsUrl"], MessageBody: "first" }));
    expect(await attached.paused()).toEqual(wanted);
    const pausedAt = performance.now();
    await expect.poll(() => performance.now() - pausedAt).toBeGreaterThan(2 * WORKER_TIMEOUT_MS);
    await attached.resume();
    await dev.next("DevLog", /worked on first/);
    attached.close();
    sqs.destroy();
    expect(dev.events.filter(({ text }) => /timed out/.test(text))).toEqual([]);
  });

  it("brings a saved file to the debugger's port too", async () => {
    project.edit("functions/worker.ts", (text) => text.replace("worked on", "now worked on"));
    await dev.next("DevLive", /Worker/);
    const attached = await attach("Worker");
    await expect(attached.breakAt(lineOf("functions/worker.ts", "now worked on"))).resolves.toBeUndefined();
    attached.close();
  });

  it("runs the functions without an inspector again when it has ended", async () => {
    expect(await dev.stop()).toBe(0);
    await call(outputs["ApiUrl"] ?? "", "GET", "/todos");
    const cloud = await project.json<{ exitCode?: number }>("local", "status");
    expect(cloud.exitCode ?? 0).toBe(0);
    await expect.poll(() => Debugger.tryAttach(ports.get("List") ?? 0).catch(() => undefined)).toBeUndefined();
  });
});
