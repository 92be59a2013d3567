import { type MessagePort, workerData } from "node:worker_threads";
import { version } from "esbuild";
import { buildBatch } from "./build-batch.ts";
import { BundleCache } from "./bundle-cache.ts";
import type { BundleOutcome, BundleRequest } from "./bundle-request.ts";

/** What the main thread hands to the worker once. */
export interface WorkerSetUp {
  readonly projectFolder: string;
  readonly port: MessagePort;
  /** [0]: answers given so far, [1]: signs of life. */
  readonly signals: Int32Array;
}

/** Requests with the same esbuild options. */
export interface BatchMessage {
  readonly id: number;
  readonly requests: readonly BundleRequest[];
}

/** What became of a batch, in the order of its requests. */
export interface BatchAnswer {
  readonly id: number;
  readonly outcomes: readonly BundleOutcome[];
}

const HEARTBEAT_MS = 500;

const { projectFolder, port, signals } = workerData as WorkerSetUp;
const cache = new BundleCache(projectFolder, version);

setInterval(() => Atomics.add(signals, 1, 1), HEARTBEAT_MS).unref();
// One batch at a time: esbuild uses every core for one, and several at once would multiply its memory.
let last = Promise.resolve();
port.on("message", (message: BatchMessage) => {
  last = last.then(() => answer(message));
});

async function answer({ id, requests }: BatchMessage): Promise<void> {
  const outcomes = await buildBatch(requests, projectFolder, cache);
  port.postMessage({ id, outcomes } satisfies BatchAnswer);
  Atomics.add(signals, 0, 1);
  Atomics.notify(signals, 0);
}
