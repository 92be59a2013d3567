import { setTimeout as sleep } from "node:timers/promises";

/** How often to look: at once, then ever more rarely. */
export interface PollPace {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Calls `look` until it answers something other than undefined. The pause grows by half from `firstMs` to `maxMs`.
 * Rejects with the signal's reason when aborted.
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  { firstMs, maxMs }: PollPace,
  signal?: AbortSignal,
): Promise<T> {
  for (let pauseMs = firstMs; ; pauseMs = Math.min(maxMs, pauseMs * 1.5)) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await sleep(pauseMs, undefined, { signal });
  }
}
