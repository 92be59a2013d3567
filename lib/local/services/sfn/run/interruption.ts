import type { Cloud } from "../../../service.ts";

/** Why a run ends from outside. */
export type Interruption = "aborted" | "timedOut" | "shutdown" | "sibling";

/** Thrown out of every wait of a run that was interrupted. */
export class Interrupted extends Error {
  readonly why: Interruption;

  constructor(why: Interruption) {
    super(why);
    this.why = why;
  }
}

/** Waits until the cloud's clock shows a time. */
export function sleepUntil(
  { cloud, signal }: { readonly cloud: Cloud; readonly signal: AbortSignal },
  dueMs: number,
): Promise<void> {
  return unlessInterrupted(signal, (resolve) => cloud.clock.at(dueMs, resolve));
}

/** Settles as `work` says, or rejects when the run is interrupted first. `work` may answer how to call it off. */
export function unlessInterrupted<T>(
  signal: AbortSignal,
  work: (resolve: (value: T) => void, reject: (error: Error) => void) => (() => void) | void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    let cancel: (() => void) | void = undefined;
    const onAbort = () => {
      cancel?.();
      reject(signal.reason as Error);
    };
    const settled = () => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
    cancel = work(
      (value) => {
        settled();
        resolve(value);
      },
      (error) => {
        settled();
        reject(error);
      },
    );
  });
}
