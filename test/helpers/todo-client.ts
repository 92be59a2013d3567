import { setTimeout as sleep } from "node:timers/promises";

/** One answer of the to-do API. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
}

/** Calls the to-do API over HTTP. */
export async function call<T = Record<string, unknown>>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? undefined : JSON.parse(text)) as T };
}

/** What a client that calls throughout saw. */
export interface Watch {
  /** Answers other than 200, and calls that failed. */
  readonly failures: string[];
  /** The mark of each answer, in order. */
  readonly marks: string[];
  stop(): Promise<void>;
}

/**
 * Calls a path again and again until it is stopped: two callers, each up to a hundred times a second. `mark` returns
 * what distinguishes the versions.
 */
export function watch(url: string, path: string, mark: (body: string, headers: Headers) => string): Watch {
  const failures: string[] = [];
  const marks: string[] = [];
  const stopping = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        const response = await fetch(`${url}${path}`);
        const body = await response.text();
        if (response.status === 200) marks.push(mark(body, response.headers));
        else failures.push(`${response.status} ${body}`);
      } catch (error) {
        failures.push(String(error));
      }
      await sleep(10);
    }
  };
  const done = Promise.all([loop(), loop()]);
  return {
    failures,
    marks,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
