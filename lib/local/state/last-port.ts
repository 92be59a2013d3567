import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { replaceTexts } from "./copy-state.ts";
import type { Store } from "./store.ts";

const FILE = "port";

/** The port that the cloud of a state folder had last: addresses in its state have it. Undefined before its first start. */
export function readLastPort(stateFolder: string): number | undefined {
  try {
    const port = Number(readFileSync(join(stateFolder, FILE), "utf8"));
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Brings the addresses in the state to the port that the cloud has now, and remembers it: a queue's URL that a function has
 * as a variable, or an output of a stack, leads to the cloud although another program has taken its port.
 */
export function settleAtPort(stateFolder: string, store: Store, port: number): void {
  const last = readLastPort(stateFolder);
  if (last === port) return;
  if (last !== undefined) store.transaction(() => replaceTexts(store.sql, addressPairs(last, port)));
  writeFileSync(join(stateFolder, FILE), `${port}\n`);
}

/** The addresses of a cloud at one port, each with that at another. */
export function addressPairs(from: number, to: number): [from: string, to: string][] {
  return ["127.0.0.1", "localhost"].map((host) => [`${host}:${from}`, `${host}:${to}`]);
}
