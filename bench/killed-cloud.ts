import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const TIDEGATE = join(resolve(import.meta.dirname, ".."), "dist/bin/tidegate.js");
const KILL_EVERY_MS = 5_000;
const KILLS = 4;

/** How often the cloud is killed, for the words of a result. */
export const KILLED = `${KILLS} kills, one every ${KILL_EVERY_MS / 1000} s`;

/** Runs the command in a project's folder, with a local cloud of its own, and answers what it prints. */
export function tidegate(folder: string, ...words: string[]): string {
  const env = { ...process.env, TIDEGATE_LOCAL_PORT: "0" };
  return spawnSync(process.execPath, [TIDEGATE, ...words], { cwd: folder, env, encoding: "utf8" }).stdout;
}

/** How SDK clients reach the folder's local cloud. */
export function clientOptions(folder: string) {
  const { endpoint } = JSON.parse(tidegate(folder, "local", "status", "--json")) as { endpoint: string };
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: "bench", secretAccessKey: "bench" } };
}

/** Repeats a piece of work while the whole cloud is killed and restarted. Calls that fail meanwhile are retried. */
export async function underKills(folder: string, work: () => Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const working = (async () => {
    while (!over.signal.aborted) await work().catch(() => sleep(50));
  })();
  const { port } = new URL(clientOptions(folder).endpoint);
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(KILL_EVERY_MS);
    const { pid } = JSON.parse(tidegate(folder, "local", "status", "--json")) as { pid: number };
    process.kill(pid, "SIGKILL");
    tidegate(folder, "local", "start", "--port", port);
  }
  over.abort();
  await working;
}
