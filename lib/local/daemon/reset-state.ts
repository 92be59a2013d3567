import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stopDaemon } from "./stop-daemon.ts";

/** What a cloud keeps, the state first: bytes without a state that names them do no harm. */
const KEPT = ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "blobs", "scratch"];

/** Stops the cloud of a state folder if it runs, and deletes all its state. Returns whether one ran. */
export async function resetState(stateFolder: string): Promise<boolean> {
  const ran = await stopDaemon(stateFolder);
  for (const name of KEPT) await rm(join(stateFolder, name), { recursive: true, force: true });
  return ran;
}
