import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** What a running cloud records so that other processes can find it. */
export interface Lock {
  readonly pid: number;
  readonly port: number;
  /** Opens the admin surface's POST calls. */
  readonly token: string;
  /** Distinguishes this process from a later one with the same number; see `process-mark.ts`. */
  readonly processMark: string;
  /** ISO 8601, the machine's time. */
  readonly startedAt: string;
  readonly version: string;
}

/** The lock file of a state folder. */
export function lockPath(stateFolder: string): string {
  return join(stateFolder, "lock.json");
}

/** Writes the lock for this user's eyes only; it is there whole or not at all. */
export async function writeLock(stateFolder: string, lock: Lock): Promise<void> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const incoming = `${lockPath(stateFolder)}.${lock.pid}`;
  const file = await open(incoming, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(lock, undefined, 2)}\n`);
  } finally {
    await file.close();
  }
  await rename(incoming, lockPath(stateFolder));
}

/** The lock, or undefined where there is none that can be read. */
export async function tryReadLock(stateFolder: string): Promise<Lock | undefined> {
  try {
    const lock = JSON.parse(await readFile(lockPath(stateFolder), "utf8")) as Partial<Lock>;
    return isLock(lock) ? lock : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the lock away if it is still the one of process `pid`. */
export async function removeLock(stateFolder: string, pid: number): Promise<void> {
  const lock = await tryReadLock(stateFolder);
  if (lock?.pid === pid) await rm(lockPath(stateFolder), { force: true });
}

function isLock(given: Partial<Lock> | null): given is Lock {
  return (
    typeof given === "object" &&
    Number.isSafeInteger(given?.pid) &&
    given!.pid! > 1 &&
    Number.isSafeInteger(given?.port) &&
    typeof given?.token === "string" &&
    typeof given.processMark === "string"
  );
}
