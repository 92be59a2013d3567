import { setTimeout } from "node:timers/promises";
import { RemoteError, TidegateError } from "../errors.ts";
import type { Aws, ServiceClient, ServiceName } from "./aws.ts";
import type { Pause } from "../util/poll.ts";
import { isTransient } from "./remote-error.ts";

/** Stacks and uploads continue by themselves for minutes: a call about them may wait that long. */
const PATIENCE_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

const sleep: Pause = (durationMs, signal) => setTimeout(durationMs, undefined, { signal });

/** How long calls are retried, and who is notified. */
export interface Patience {
  /** Called at the first failure of a wait, with the time of this machine at which it ends. */
  readonly onTrouble?: (error: Error, untilMs: number) => void;
  /** @default - five minutes */
  readonly patienceMs?: number;
  /** How time passes between two attempts. @default - the machine's own timers */
  readonly pause?: Pause;
  readonly signal?: AbortSignal;
}

/**
 * A client whose calls sit out short troubles: no network, 5xx, throttling, and credentials that are being renewed.
 * Calls that change something must be safe to repeat: a reply may have been lost.
 */
export async function patientClient<N extends ServiceName>(
  aws: Aws,
  service: N,
  patience: Patience = {},
): Promise<ServiceClient<N>> {
  const client = await aws.client(service);
  return new Proxy(client, {
    get(inner, name) {
      if (name !== "send") return Reflect.get(inner, name, inner);
      // Credentials that were renewed come with another client.
      return (...call: unknown[]) =>
        patiently(async () => {
          const current = await aws.client(service);
          return Reflect.apply(Reflect.get(current, name, current), current, call);
        }, patience);
    },
  });
}

/** Repeats what may succeed a moment later. Other errors, and one that does not end in time, are thrown. */
export async function patiently<T>(work: () => Promise<T>, patience: Patience = {}): Promise<T> {
  const { onTrouble, patienceMs = PATIENCE_MS, pause = sleep, signal } = patience;
  let waitedMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || !(error instanceof TidegateError) || hasGivenUp(error)) throw error;
      if (waitedMs === 0) onTrouble?.(error, Date.now() + patienceMs);
      if (waitedMs + pauseMs > patienceMs) throw gaveUp(error, waitedMs);
      await pause(pauseMs, signal);
      waitedMs += pauseMs;
    }
  }
}

/** Whether an error comes from a call that was retried until the patience ended. */
export function hasGivenUp(error: unknown): boolean {
  return error instanceof RemoteError && error.code === "CallFailed";
}

function gaveUp(cause: TidegateError, durationMs: number): RemoteError {
  const message = `A call failed for ${Math.round(durationMs / 1000)} s: ${cause.message}`;
  const { remoteCode, requestId, statusCode } = cause instanceof RemoteError ? cause : {};
  return new RemoteError("CallFailed", message, {
    cause,
    ...(cause.fix === undefined ? {} : { fix: cause.fix }),
    ...(remoteCode === undefined ? {} : { remoteCode }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(statusCode === undefined ? {} : { statusCode }),
  });
}
