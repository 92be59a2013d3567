import { setTimeout } from "node:timers/promises";

/** How long `eventually` waits. Both are milliseconds of the machine's time. */
export interface EventuallyOptions {
  /** @default 30000 */
  readonly timeout?: number;
  /** The pause between two tries. @default 50 */
  readonly interval?: number;
}

const TIMEOUT_MS = 30_000;
const INTERVAL_MS = 50;

/**
 * Runs `check` again and again until it does not throw, and returns what it returns: for what a cloud does in its own
 * time. Rejects with the last try's own error once the time is over.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeout = TIMEOUT_MS, interval = INTERVAL_MS }: EventuallyOptions = {},
): Promise<T> {
  const deadlineMs = performance.now() + timeout;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadlineMs) throw error;
    }
    await setTimeout(interval);
  }
}
