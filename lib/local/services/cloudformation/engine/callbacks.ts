import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cloud, HttpRoute } from "../../../service.ts";
import type { Collection } from "../../../state/store.ts";

/** The host in the response URLs of custom resources; the runtime redirects requests to it to the cloud's endpoint. */
const RESPONSE_HOST = "cfn-response.tidegate.internal";
const PATH = "/_tidegate/cfn-response/";

/** CloudFormation takes no longer answer (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html). */
const LONGEST_ANSWER_BYTES = 4096;

interface CallbackRecord {
  readonly openedAt: number;
  readonly answers: unknown[];
}

/** Addresses at which custom resources and wait conditions answer. What was answered outlives a restart. */
export class Callbacks {
  readonly #cloud: Cloud;
  readonly #records: Collection<CallbackRecord>;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#records = cloud.store.collection("cloudformation.callbacks");
  }

  open(token: string): void {
    if (!this.#records.get(token)) this.#records.put(token, { openedAt: this.#cloud.clock.now(), answers: [] });
  }

  close(token: string): void {
    this.#records.delete(token);
  }

  urls(token: string): { forFunctions: string; forAnybody: string } {
    return {
      forFunctions: `https://${RESPONSE_HOST}${PATH}${token}`,
      forAnybody: `${this.#cloud.endpoint}${PATH}${token}`,
    };
  }

  /** Resolves with the answers once there are `count`, or with undefined after `timeoutMs` of the cloud's time since it was opened. */
  async answers(
    token: string,
    count: number,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<readonly unknown[] | undefined> {
    const dueMs = (this.#records.get(token)?.openedAt ?? this.#cloud.clock.now()) + timeoutMs;
    for (;;) {
      const found = this.#records.get(token)?.answers ?? [];
      if (found.length >= count) return found;
      if (this.#cloud.clock.now() >= dueMs) return undefined;
      await this.#next(token, dueMs, signal);
    }
  }

  /** Resolves at the next answer, or when the time is up. */
  #next(token: string, dueMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal.reason as Error);
    const waiting = this.#waiting.get(token) ?? new Set();
    this.#waiting.set(token, waiting.add(resolve));
    const cancel = this.#cloud.clock.at(dueMs, resolve);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    return promise.finally(() => {
      cancel();
      signal.removeEventListener("abort", abort);
      waiting.delete(resolve);
      if (waiting.size === 0) this.#waiting.delete(token);
    });
  }

  /** The HTTP side: `PUT /_tidegate/cfn-response/<token>`. */
  route(): HttpRoute {
    return {
      matches: ({ path }) => path.startsWith(PATH),
      handle: (request, response, url) => this.#take(request, response, url.pathname.slice(PATH.length)),
    };
  }

  async #take(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
    const record = this.#records.get(token);
    if (request.method !== "PUT") return void response.writeHead(405, { allow: "PUT" }).end();
    if (!record) return void response.writeHead(404).end();
    const answer = await readAnswer(request);
    if (answer === undefined) return void response.writeHead(400).end();
    this.#records.put(token, { ...record, answers: [...(this.#records.get(token)?.answers ?? []), answer] });
    await this.#cloud.store.durable();
    response.writeHead(200).end();
    for (const wake of this.#waiting.get(token) ?? []) wake();
  }
}

/** The answer's JSON; undefined when it is none, or too long. */
async function readAnswer(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= LONGEST_ANSWER_BYTES) chunks.push(chunk);
  }
  if (sizeBytes > LONGEST_ANSWER_BYTES) return { Status: "FAILED", Reason: "Response object is too long." };
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
