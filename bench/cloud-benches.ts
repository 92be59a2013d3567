import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { type Bench, compare } from "./bench-table.ts";
import { measure, medianOf } from "./measure.ts";

const ROOT = resolve(import.meta.dirname, "..");
const TIDEGATE = join(ROOT, "dist/bin/tidegate.js");
const ENVIRONMENT = { TIDEGATE_LOCAL_PORT: "0" };
const WARM_CALLS = 1_000;

/** The example on a local cloud of its own: deploying it, and calling one of its functions. */
export const cloudBenches: Record<string, Bench> = {
  "deploy-first": (scratch) =>
    withExample(scratch, async (folder) => {
      const { seconds, cpuSeconds, peakMiB } = await deploy(folder);
      return `ours ${seconds.toFixed(2)} s (cpu ${cpuSeconds.toFixed(2)} s, ${Math.round(peakMiB)} MiB), local cloud's start included`;
    }),
  "deploy-unchanged": (scratch, runs) =>
    withExample(scratch, async (folder) => {
      await deploy(folder);
      return compare(await medianOf(runs, () => deploy(folder)), await medianOf(runs, () => cdkDeploy(folder)));
    }),
  "deploy-changed": (scratch, runs) =>
    withExample(scratch, async (folder) => {
      await deploy(folder);
      const ours = await medianOf(runs, (round) => {
        changeList(folder, round);
        return deploy(folder, "--rollout", "AllAtOnce");
      });
      const peer = await medianOf(runs, (round) => {
        changeList(folder, runs + round);
        return cdkDeploy(folder);
      });
      return compare(ours, peer);
    }),
  "invoke-warm": (scratch) => withExample(scratch, measureInvokes),
  "local-ready": (scratch) =>
    withExample(scratch, (folder) => {
      const { startedMs, pid } = JSON.parse(run(folder, "local", "start", "--json")) as {
        startedMs: number;
        pid: number;
      };
      const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
      return Promise.resolve(`ready in ${startedMs} ms, ${Math.round(Number(resident) / 1024)} MiB resident`);
    }),
};

async function measureInvokes(folder: string): Promise<string> {
  await deploy(folder);
  const { endpoint } = JSON.parse(run(folder, "local", "status", "--json")) as { endpoint: string };
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const lambda = new LambdaClient({ endpoint, region: "us-east-1", credentials });
  const { Functions } = await lambda.send(new ListFunctionsCommand({}));
  const name = Functions!.find(({ FunctionName }) => FunctionName!.includes("Get"))!.FunctionName!;
  const Payload = Buffer.from('{"pathParameters":{}}');
  const call = async () => {
    const startedMs = performance.now();
    await lambda.send(new InvokeCommand({ FunctionName: name, Qualifier: "live", Payload }));
    return performance.now() - startedMs;
  };
  const coldMs = await call();
  const times: number[] = [];
  for (let index = 0; index < WARM_CALLS; index++) times.push(await call());
  lambda.destroy();
  times.sort((a, b) => a - b);
  const bare = await bareNode(folder);
  const at = (share: number) => times[Math.floor(times.length * share)]!.toFixed(2);
  return `warm ${at(0.5)} ms median, ${at(0.99)} ms p99 of ${WARM_CALLS}; cold ${coldMs.toFixed(0)} ms, bare node ${(bare.seconds * 1000).toFixed(0)} ms`;
}

/** Makes a project of the example, and stops its cloud afterwards. */
async function withExample(scratch: string, work: (folder: string) => Promise<string>): Promise<string> {
  const folder = join(scratch, "example");
  mkdirSync(join(folder, "bin"), { recursive: true });
  for (const name of ["cdk.json", "functions"]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  const app = readFileSync(join(ROOT, "bin/app.ts"), "utf8");
  writeFileSync(join(folder, "bin/app.ts"), app.replace("../lib/index.ts", join(ROOT, "dist/lib/index.js")));
  writeFileSync(join(folder, "package.json"), '{ "name": "todo", "private": true, "type": "module" }\n');
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  try {
    return await work(folder);
  } finally {
    run(folder, "local", "stop");
  }
}

function deploy(folder: string, ...flags: string[]) {
  return measure({ arguments: [TIDEGATE, "deploy", "--quiet", ...flags], folder, environment: ENVIRONMENT });
}

/** The unmodified CDK CLI on the same app and the same cloud. It moves no traffic. */
function cdkDeploy(folder: string) {
  const { endpoint } = JSON.parse(run(folder, "local", "status", "--json")) as { endpoint: string };
  return measure({
    arguments: [join(ROOT, "node_modules/aws-cdk/bin/cdk"), "deploy", "--require-approval", "never"],
    folder,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_REGION: "us-east-1",
      PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}`,
    },
  });
}

function changeList(folder: string, round: number): void {
  const path = join(folder, "functions/todo/list.ts");
  writeFileSync(path, readFileSync(path, "utf8").replace(/todos: (?:\d+ && )?/, `todos: ${round + 1} && `));
}

function bareNode(folder: string) {
  return medianOf(5, () => measure({ arguments: ["-e", "0"], folder }));
}

function run(folder: string, ...words: string[]): string {
  const { stdout } = spawnSync(process.execPath, [TIDEGATE, ...words], {
    cwd: folder,
    env: { ...process.env, ...ENVIRONMENT },
    encoding: "utf8",
  });
  return stdout;
}
