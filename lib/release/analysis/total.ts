import type { MinuteCount } from "../ports/ports.ts";

/** Invocations, and how many of them failed. */
export interface Total {
  readonly invocations: number;
  readonly errors: number;
}

/** Adds up the minutes from `from` on (milliseconds since the epoch), all of them by default. */
export function totalOf(minutes: readonly MinuteCount[], from = Number.NEGATIVE_INFINITY): Total {
  const total = { invocations: 0, errors: 0 };
  for (const minute of minutes) {
    if (minute.at < from) continue;
    total.invocations += minute.invocations;
    total.errors += minute.errors;
  }
  return total;
}
