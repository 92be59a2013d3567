import type { CloudStatus } from "../local-cloud.ts";
import { RUNNING_ANSWERS_WITHIN_MS, tryReadStatus } from "./admin-client.ts";
import { tryReadLock, type Lock } from "./lock-file.ts";
import { tryReadProcessMark } from "./process-mark.ts";

/** A cloud that runs in the background. */
export interface RunningDaemon {
  readonly lock: Lock;
  readonly status: CloudStatus;
}

/** The running cloud of a state folder. A lock that a dead or another process left behind is not taken for one. */
export async function findDaemon(stateFolder: string): Promise<RunningDaemon | undefined> {
  const lock = await tryReadLock(stateFolder);
  if (lock === undefined || !isAlive(lock)) return undefined;
  const status = await tryReadStatus(lock.port, RUNNING_ANSWERS_WITHIN_MS);
  return status?.pid === lock.pid ? { lock, status } : undefined;
}

/** The lock of a cloud that runs and does not answer. Undefined where none runs. Look with `findDaemon` first. */
export async function findSilentDaemon(stateFolder: string): Promise<Lock | undefined> {
  const lock = await tryReadLock(stateFolder);
  return lock !== undefined && isAlive(lock) ? lock : undefined;
}

/** Whether the very process that wrote the lock still runs, however it answers. */
export function isAlive({ pid, processMark }: Lock): boolean {
  return tryReadProcessMark(pid) === processMark;
}
