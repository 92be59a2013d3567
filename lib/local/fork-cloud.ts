import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud, STATE_FILE } from "./local-cloud.ts";
import { AdjustableClock } from "./state/clock.ts";
import { isPortTaken } from "./state/port-taken.ts";
import { addressPairs } from "./state/last-port.ts";
import { linkFolder, replaceTextsIn } from "./state/copy-state.ts";

const MOST_TRIES = 5;

/**
 * Starts a second cloud in this process with a copy of the state that `cloud` has now, at a port of its own and with a
 * clock of its own that shows the same time. Blobs and unpacked code are shared by hard links. Addresses of `cloud` in the
 * state become those of the copy. Work that is under way in `cloud` is under way in both.
 */
export async function forkLocalCloud(
  cloud: LocalCloud,
  options: Omit<LocalCloudOptions, "port" | "clock">,
): Promise<LocalCloud> {
  for (let tries = 1; ; tries++) {
    const port = await findFreePort();
    try {
      await copyState(cloud, options.stateFolder, port);
      return await startLocalCloud({ ...options, port, clock: new AdjustableClock(cloud.clock.setting) });
    } catch (error) {
      // Another process took the port in between.
      if (!isPortTaken(error) || tries === MOST_TRIES) throw error;
      rmSync(options.stateFolder, { recursive: true, force: true });
    }
  }
}

async function copyState(cloud: LocalCloud, folder: string, port: number): Promise<void> {
  const file = join(folder, STATE_FILE);
  mkdirSync(folder, { recursive: true });
  await cloud.copyState(file);
  const { stateFolder } = cloud.status();
  for (const name of ["blobs", "scratch"]) linkFolder(join(stateFolder, name), join(folder, name));
  replaceTextsIn(file, addressPairs(cloud.port, port));
}

/** The addresses of a cloud in a text, replaced by those of its copy at another port. */
export function replaceAddress(text: string, fromPort: number, toPort: number): string {
  return addressPairs(fromPort, toPort).reduce((replaced, [from, to]) => replaced.replaceAll(from, to), text);
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
