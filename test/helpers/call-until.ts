import type { InlineApp } from "./inline-app.ts";

/** What callers have seen. */
export interface SeenCalls {
  /** Versions that answered, each once, in order of their names. */
  readonly versions: readonly string[];
  readonly failures: readonly string[];
}

/** Calls a function's alias again and again, two at a time and without a retry, until it is stopped. */
export function callUntil(app: InlineApp, functionName: string): { stop(): Promise<SeenCalls> } {
  const versions = new Set<string>();
  const failures: string[] = [];
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      const { version, error } = await app.call(functionName).catch((thrown: unknown) => ({
        version: "none",
        error: String(thrown),
      }));
      versions.add(version);
      if (error !== undefined) failures.push(`version ${version}: ${error}`);
    }
  };
  const loops = Promise.all([loop(), loop()]);
  return {
    async stop() {
      stop.abort();
      await loops;
      return { versions: [...versions].toSorted(), failures };
    },
  };
}
