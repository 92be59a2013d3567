import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryReadProcessMark } from "../../../lib/local/daemon/process-mark.ts";
import { stopDaemon } from "../../../lib/local/daemon/stop-daemon.ts";

/** A state folder of a test's own; its cloud is stopped and the folder removed at the end. */
export async function withStateFolder<T>(work: (stateFolder: string) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "tidegate-daemon-"));
  const stateFolder = join(root, "local");
  try {
    return await work(stateFolder);
  } finally {
    await stopDaemon(stateFolder);
    await rm(root, { recursive: true, force: true });
  }
}

/** Whether a process with this number is running; a zombie does not count. */
export function isRunning(pid: number): boolean {
  return tryReadProcessMark(pid) !== undefined;
}
