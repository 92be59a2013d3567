import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Bench } from "./bench-table.ts";

const ROOT = resolve(import.meta.dirname, "..");
const TIDEGATE = join(ROOT, "dist/bin/tidegate.js");
const ENVIRONMENT = { TIDEGATE_LOCAL_PORT: "0", WRANGLER_SEND_METRICS: "false", CI: "1" };
/** Installed for the time of the bench, and no dependency of this package. */
const PEER = "wrangler@4.164.0";
const PEER_PORT = 8_799;
const SAVES = 50;
const DEPLOY_EVERY = 10;
const READY_WITHIN_MS = 120_000;

/** Something that is edited, and answers over HTTP by what was saved last. */
interface Edited {
  save(mark: string): void | Promise<void>;
  readonly url: string;
  stop(): void;
}

/** A save until the answer over HTTP is another one: our dev loop, `wrangler dev`, and an edit with a deploy. */
export const devBenches: Record<string, Bench> = {
  dev: async (scratch) => {
    const ours = await startOurs(join(scratch, "ours"));
    const deployed = await startDeployed(join(scratch, "deployed"));
    const peer = await startPeer(join(scratch, "peer"));
    try {
      const times = { ours: [] as number[], peer: [] as number[], deploy: [] as number[] };
      for (let round = 0; round < SAVES; round++) {
        times.ours.push(await timeSave(ours, `ours-${round}`));
        if (peer !== undefined) times.peer.push(await timeSave(peer, `peer-${round}`));
        if (round % DEPLOY_EVERY === 0) times.deploy.push(await timeSave(deployed, `deploy-${round}`));
      }
      return describe(times);
    } finally {
      for (const one of [ours, deployed, peer]) one?.stop();
    }
  },
};

function describe({ ours, peer, deploy }: Readonly<Record<"ours" | "peer" | "deploy", readonly number[]>>): string {
  const [median, p99] = [quantile(ours, 0.5), quantile(ours, 0.99)];
  const base = `ours ${median.toFixed(0)} ms median ${p99.toFixed(0)} ms p99 of ${ours.length}`;
  const byDeploy = `edit and deploy ${quantile(deploy, 0.5).toFixed(0)} ms median of ${deploy.length}`;
  if (peer.length === 0) return `${base}, peer ${PEER} could not be installed, ${byDeploy}`;
  const [peerMedian, peerP99] = [quantile(peer, 0.5), quantile(peer, 0.99)];
  const ratio = (median / peerMedian).toFixed(2);
  return `${base}, peer ${peerMedian.toFixed(0)} ms median ${peerP99.toFixed(0)} ms p99 (${PEER}), ratio ${ratio}, ${byDeploy}`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function timeSave(edited: Edited, mark: string): Promise<number> {
  const startedMs = performance.now();
  await edited.save(mark);
  for (;;) {
    const text = await fetch(edited.url).then(
      (answer) => answer.text(),
      () => "",
    );
    const elapsedMs = performance.now() - startedMs;
    if (text.includes(mark)) return elapsedMs;
    if (elapsedMs > READY_WITHIN_MS) throw new Error(`${edited.url} never answered ${mark}: ${text.slice(0, 200)}`);
  }
}

function copyExample(folder: string): void {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "todo", "private": true, "type": "module" }\n');
  cpSync(join(ROOT, "cdk.json"), join(folder, "cdk.json"));
  cpSync(join(ROOT, "functions"), join(folder, "functions"), { recursive: true });
  mkdirSync(join(folder, "bin"));
  const app = readFileSync(join(ROOT, "bin/app.ts"), "utf8").replace("../lib/index.ts", "tidegate");
  writeFileSync(join(folder, "bin/app.ts"), app);
  for (const name of ["@aws-sdk", "@smithy", "aws-cdk-lib", "constructs", "esbuild", "typescript"])
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  symlinkSync(ROOT, join(folder, "node_modules/tidegate"));
}

function markList(folder: string, mark: string): void {
  const file = join(folder, "functions/todo/list.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/reply\(200, \{ (?:mark: "[^"]*", )?/, `reply(200, { mark: "${mark}", `));
}

async function startOurs(folder: string): Promise<Edited> {
  copyExample(folder);
  const child = start(process.execPath, [TIDEGATE, "dev", "--json"], folder);
  const ready = await lineOf(child, (line) => line.includes('"DevReady"'));
  const url = `${apiUrlIn(ready)}/todos`;
  const stop = () => {
    child.kill("SIGINT");
    spawnSync(process.execPath, [TIDEGATE, "local", "stop"], { cwd: folder });
  };
  return { url, save: (mark) => markList(folder, mark), stop };
}

function startDeployed(folder: string): Promise<Edited> {
  copyExample(folder);
  const deploy = () => {
    const args = [TIDEGATE, "deploy", "--rollout", "AllAtOnce", "--json"];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ...ENVIRONMENT },
    });
    if (status !== 0) throw new Error(`deploy ended with ${status}: ${stderr}`);
    return stdout;
  };
  const url = `${apiUrlIn(deploy())}/todos`;
  const save = (mark: string) => {
    markList(folder, mark);
    deploy();
  };
  const stop = () => void spawnSync(process.execPath, [TIDEGATE, "local", "stop"], { cwd: folder });
  return Promise.resolve({ url, save, stop });
}

function apiUrlIn(text: string): string {
  const url = /"ApiUrl":\s*"([^"]+)"/.exec(text)?.[1];
  if (url === undefined) throw new Error(`no ApiUrl in ${text}`);
  return url;
}

/** Undefined where it cannot be downloaded. */
async function startPeer(folder: string): Promise<Edited | undefined> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "peer", "private": true, "type": "module" }\n');
  const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund", PEER], { cwd: folder, stdio: "ignore" });
  if (installed.status !== 0) return undefined;
  writeFileSync(
    join(folder, "wrangler.toml"),
    'name = "peer"\nmain = "worker.ts"\ncompatibility_date = "2026-01-01"\n',
  );
  const save = (mark: string) =>
    writeFileSync(
      join(folder, "worker.ts"),
      `export default { fetch: () => new Response(${JSON.stringify(mark)}) };\n`,
    );
  save("first");
  const bin = join(folder, "node_modules/.bin/wrangler");
  const child = start(bin, ["dev", "--port", String(PEER_PORT), "--ip", "127.0.0.1"], folder);
  await lineOf(child, (line) => /Ready on/.test(line));
  return { url: `http://127.0.0.1:${PEER_PORT}/`, save, stop: () => void child.kill("SIGTERM") };
}

function start(program: string, args: readonly string[], cwd: string): ChildProcess {
  return spawn(program, args, { cwd, env: { ...process.env, ...ENVIRONMENT }, stdio: ["ignore", "pipe", "inherit"] });
}

function lineOf(child: ChildProcess, isWanted: (line: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    child.once("exit", (code) => reject(new Error(`ended with ${code}:\n${seen.join("\n")}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      seen.push(line);
      if (isWanted(line)) resolve(line);
    });
  });
}
