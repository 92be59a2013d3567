import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { BugError } from "../errors.ts";
import { checkNode } from "../util/node-version.ts";
import { BundleCache } from "./bundle-cache.ts";
import type { BundleOutcome, BundleRequest } from "./bundle-request.ts";
import { esbuildVersion } from "./esbuild-version.ts";
import type { BatchAnswer, BatchMessage, WorkerSetUp } from "./bundle-worker.ts";

/** One pass over this many entries costs no more time than one over all, and a fraction of the memory. */
const BATCH_SIZE = 24;
const SILENCE_LIMIT_MS = 60_000;
const WAIT_SLICE_MS = 1_000;

/** A promise of a package. */
export interface BundleTicket {
  /** What became of it; blocks until it is known. */
  outcome(): BundleOutcome;
}

interface Pending {
  readonly request: BundleRequest;
  batch?: number;
  place?: number;
  outcome?: BundleOutcome;
}

/**
 * Packages all functions of an app. Requests are gathered while constructs are made and built in batches beside them,
 * on another thread; only who needs an answer waits for it, without an event loop, as CDK's synthesis is synchronous.
 */
export class Bundler {
  static readonly #byFolder = new Map<string, Bundler>();

  /** The bundler of a project: one in a process. Packages that it made count as known until the process ends. */
  static of(projectFolder: string): Bundler {
    let bundler = Bundler.#byFolder.get(projectFolder);
    if (bundler === undefined) {
      bundler = new Bundler(projectFolder);
      Bundler.#byFolder.set(projectFolder, bundler);
    }
    return bundler;
  }

  readonly #projectFolder: string;
  readonly #cache: BundleCache;
  readonly #known = new Map<string, Pending>();
  readonly #queues = new Map<string, Pending[]>();
  readonly #answers = new Map<number, readonly BundleOutcome[]>();
  #builder: Builder | undefined;
  #batches = 0;

  constructor(projectFolder: string) {
    checkNode();
    this.#projectFolder = projectFolder;
    this.#cache = new BundleCache(projectFolder, esbuildVersion());
  }

  /** Requests a package. The same request twice is built once. */
  add(request: BundleRequest): BundleTicket {
    const key = JSON.stringify([request.entry, request.options]);
    let pending = this.#known.get(key);
    if (pending === undefined) {
      pending = this.#start(request);
      this.#known.set(key, pending);
    }
    const found = pending;
    return { outcome: () => this.#finish(found) };
  }

  #start(request: BundleRequest): Pending {
    const cached = this.#cache.tryGet(request);
    if (cached !== undefined) return { request, outcome: { bundle: cached } };
    const pending: Pending = { request };
    const { copy: _, ...shared } = request.options;
    const key = JSON.stringify(shared);
    const queue = this.#queues.get(key) ?? [];
    queue.push(pending);
    this.#queues.set(key, queue);
    if (queue.length === BATCH_SIZE) this.#send(key, queue);
    return pending;
  }

  #finish(pending: Pending): BundleOutcome {
    if (pending.outcome !== undefined) return pending.outcome;
    if (pending.batch === undefined) for (const [key, queue] of this.#queues) this.#send(key, queue);
    const { batch, place } = pending;
    if (batch === undefined || place === undefined)
      throw new BugError("BundleNotSent", "A package was never requested.");
    while (!this.#answers.has(batch)) {
      const answer = this.#startedBuilder().next();
      this.#answers.set(answer.id, answer.outcomes);
    }
    const outcome = this.#answers.get(batch)?.[place];
    if (outcome === undefined)
      throw new BugError("BundleMissing", `No package came back for ${pending.request.entry}.`);
    pending.outcome = outcome;
    return outcome;
  }

  #send(key: string, queue: readonly Pending[]): void {
    this.#queues.delete(key);
    const id = this.#batches++;
    for (const [place, pending] of queue.entries()) Object.assign(pending, { batch: id, place });
    this.#startedBuilder().send({ id, requests: queue.map(({ request }) => request) });
  }

  #startedBuilder(): Builder {
    this.#builder ??= new Builder(this.#projectFolder);
    return this.#builder;
  }
}

/** The thread that runs esbuild, seen from a thread that must not return to its event loop. */
class Builder {
  readonly #port: MessagePort;
  readonly #signals = new Int32Array(new SharedArrayBuffer(8));
  #received = 0;

  constructor(projectFolder: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const setUp: WorkerSetUp = { projectFolder, port: port2, signals: this.#signals };
    const file = import.meta.url.endsWith(".ts") ? "./bundle-worker.ts" : "./bundle-worker.js";
    const worker = new Worker(new URL(file, import.meta.url), { workerData: setUp, transferList: [port2] });
    worker.unref();
    port1.unref();
  }

  send(message: BatchMessage): void {
    this.#port.postMessage(message);
  }

  /** The next answer; blocks until there is one. */
  next(): BatchAnswer {
    let heartbeat = -1;
    let silentSince = performance.now();
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received !== undefined) {
        this.#received++;
        return received.message as BatchAnswer;
      }
      Atomics.wait(this.#signals, 0, this.#received, WAIT_SLICE_MS);
      const beat = Atomics.load(this.#signals, 1);
      if (beat !== heartbeat) [heartbeat, silentSince] = [beat, performance.now()];
      if (performance.now() - silentSince > SILENCE_LIMIT_MS) {
        throw new BugError("BundlerSilent", "The thread that packages functions has died or hangs.", {
          fix: "Run again with NODE_DEBUG=worker and report what it prints.",
        });
      }
    }
  }
}
