import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { setTimeout as sleep } from "node:timers/promises";
import { ALIAS } from "../probe-function.ts";
import { FRONT } from "./acceptance-app.ts";

const PAUSE_MS = 200;

/** Calls the app's front function all the time and counts what answers. */
export class Traffic {
  readonly #versions = new Map<string, number>();
  readonly #failures: string[] = [];
  readonly #lambda: LambdaClient;
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;

  constructor(lambda: LambdaClient) {
    this.#lambda = lambda;
    this.#running = this.#call();
  }

  /** Stops calling. Returns the calls by version, and the first failures. */
  async stop(): Promise<{ readonly calls: Readonly<Record<string, number>>; readonly failures: readonly string[] }> {
    this.#ended.abort();
    await this.#running;
    return { calls: Object.fromEntries(this.#versions), failures: this.#failures.slice(0, 20) };
  }

  async #call(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      try {
        const found = await this.#lambda.send(new InvokeCommand({ FunctionName: FRONT, Qualifier: ALIAS }));
        const version = found.ExecutedVersion ?? "none";
        this.#versions.set(version, (this.#versions.get(version) ?? 0) + 1);
        if (found.FunctionError !== undefined) this.#failures.push(`version ${version}: ${found.FunctionError}`);
      } catch (error) {
        this.#failures.push(String(error));
      }
      await sleep(PAUSE_MS);
    }
  }
}
