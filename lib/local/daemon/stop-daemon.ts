import { tryAskToStop } from "./admin-client.ts";
import { isAlive } from "./find-daemon.ts";
import { removeLock, tryReadLock, type Lock } from "./lock-file.ts";

const AGREES_WITHIN_MS = 10_000;
const ENDS_WITHIN_MS = 3000;
const LOOK_EVERY_MS = 20;

/** Stops the cloud of a state folder: by request, then by signal, then by force. Returns whether one ran. */
export async function stopDaemon(stateFolder: string): Promise<boolean> {
  const lock = await tryReadLock(stateFolder);
  if (lock === undefined) return false;
  const ran = isAlive(lock);
  if (ran) await endProcess(lock);
  await removeLock(stateFolder, lock.pid);
  return ran;
}

async function endProcess(lock: Lock): Promise<void> {
  if ((await tryAskToStop(lock)) && (await isGone(lock, AGREES_WITHIN_MS))) return;
  trySignal(lock.pid, "SIGTERM");
  if (await isGone(lock, ENDS_WITHIN_MS)) return;
  // The whole group: what the cloud started must not outlive it.
  trySignal(-lock.pid, "SIGKILL");
  trySignal(lock.pid, "SIGKILL");
  await isGone(lock, ENDS_WITHIN_MS);
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

async function isGone(lock: Lock, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isAlive(lock)) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}
