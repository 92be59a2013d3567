import { setTimeout } from "node:timers/promises";

/** Waits; rejects with the signal's reason when aborted. */
export type Pause = (durationMs: number, signal?: AbortSignal) => Promise<void>;

/** How often to look: at once, then ever more rarely. */
export interface PollPace {
  readonly firstMs: number;
  readonly maxMs: number;
  /** How time passes between two looks. @default - the machine's own timers */
  readonly pause?: Pause;
}

const sleep: Pause = (durationMs, signal) => setTimeout(durationMs, undefined, { signal });

/**
 * Calls `look` until it answers something other than undefined. The pause grows by half from `firstMs` to `maxMs`.
 * Rejects with the signal's reason when aborted.
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  { firstMs, maxMs, pause = sleep }: PollPace,
  signal?: AbortSignal,
): Promise<T> {
  for (let pauseMs = firstMs; ; pauseMs = Math.min(maxMs, pauseMs * 1.5)) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await pause(pauseMs, signal);
  }
}
