import type { InvokeTarget } from "../records.ts";

/** The event of an invocation, as it was handed to the function. */
export interface KeptEvent {
  readonly requestId: string;
  readonly version: string;
  /** Milliseconds of the cloud's time. */
  readonly at: number;
  /** JSON text. */
  readonly payload: Uint8Array;
}

const MAX_EVENTS_OF_FUNCTION = 100;
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * The last events of each function, so that an invocation can be repeated: 100 a function, 32 MB over all. They are kept in
 * memory alone, since they may hold what a user never wants on disk.
 */
export class KeptEvents {
  readonly #byFunction = new Map<string, KeptEvent[]>();
  #bytes = 0;

  /** Keeps an event, and lets the oldest ones go. */
  keep({ ref, version }: Pick<InvokeTarget, "ref" | "version">, event: Omit<KeptEvent, "version">): void {
    if (event.payload.byteLength > MAX_BYTES) return;
    const key = keyOf(ref);
    const events = this.#byFunction.get(key) ?? [];
    // Behind the others: the functions that ran longest ago are the first to lose their events.
    this.#byFunction.delete(key);
    this.#byFunction.set(key, events);
    events.push({ ...event, version: version.version });
    this.#bytes += event.payload.byteLength;
    if (events.length > MAX_EVENTS_OF_FUNCTION) this.#dropOldest(key, events);
    for (const [other, kept] of this.#byFunction) {
      while (this.#bytes > MAX_BYTES && kept.length > 0) this.#dropOldest(other, kept);
    }
  }

  /** The events of a function, newest first. */
  of(ref: { readonly region: string; readonly name: string }): readonly KeptEvent[] {
    return (this.#byFunction.get(keyOf(ref)) ?? []).toReversed();
  }

  #dropOldest(key: string, events: KeptEvent[]): void {
    this.#bytes -= events.shift()?.payload.byteLength ?? 0;
    if (events.length === 0) this.#byFunction.delete(key);
  }
}

function keyOf({ region, name }: { readonly region: string; readonly name: string }): string {
  return `${region}/${name}`;
}
