import type { Lambda } from "../context.ts";

/** A window that a function aggregates a shard's records in. */
interface OpenWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** What the function answered last. */
  readonly state: object;
  /** The state has become too large to be carried on. */
  readonly isFull?: boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
const LARGEST_STATE_BYTES = 1024 * 1024;

/** The state of a shard's open window, stored so that a killed cloud continues with it. */
export class TumblingWindow {
  readonly #lambda: Lambda;
  readonly #key: string;

  constructor(lambda: Lambda, uuid: string, shardId: string) {
    this.#lambda = lambda;
    this.#key = `${uuid}/${shardId}/window`;
  }

  get open(): OpenWindow | undefined {
    const text = this.#lambda.state.positions.get(this.#key);
    return text === undefined ? undefined : (JSON.parse(text) as OpenWindow);
  }

  /** Opens the window of a time, unless one is open. Windows follow each other from the epoch on. */
  openFor(atMs: number, lengthMs: number): void {
    if (this.open !== undefined) return;
    const startMs = Math.floor(atMs / lengthMs) * lengthMs;
    this.#keep({ startMs, endMs: startMs + lengthMs, state: {} });
  }

  carry(state: object): void {
    const { open } = this;
    if (open === undefined) return;
    const isFull = Buffer.byteLength(JSON.stringify(state)) > LARGEST_STATE_BYTES;
    this.#keep({ startMs: open.startMs, endMs: open.endMs, state, ...(isFull && { isFull }) });
  }

  close(): void {
    this.#lambda.state.positions.delete(this.#key);
  }

  #keep(open: OpenWindow): void {
    this.#lambda.state.positions.put(this.#key, JSON.stringify(open));
  }
}

/** What the event of a window has beside its records. */
export function windowMembers(
  { startMs, endMs, state, isFull = false }: OpenWindow,
  more: { shardId: string; eventSourceARN: string; isFinal: boolean; isEarly: boolean },
): object {
  const text = (atMs: number) => `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  return {
    window: { start: text(startMs), end: text(endMs) },
    state,
    shardId: more.shardId,
    eventSourceARN: more.eventSourceARN,
    isFinalInvokeForWindow: more.isFinal,
    isWindowTerminatedEarly: more.isFinal && (more.isEarly || isFull),
  };
}

/** The state that a function answers, which it must; undefined where it does not. */
export function readWindowState(payload: Uint8Array): object | undefined {
  try {
    const answer = JSON.parse(Buffer.from(payload).toString()) as { state?: unknown } | null;
    const state = answer?.state;
    return typeof state === "object" && state !== null && !Array.isArray(state) ? state : undefined;
  } catch {
    return undefined;
  }
}
