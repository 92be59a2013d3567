import { AwsError } from "../../../aws-error.ts";
import type { LambdaState } from "../lambda-state.ts";
import { keyOf } from "../lambda-state.ts";
import type { FunctionRef } from "../functions/names.ts";

/** The account's limit, as a new account has it. */
export const ACCOUNT_CONCURRENCY = 1000;
/** What reservations must leave to all other functions. */
export const LEAST_UNRESERVED = 100;

/** Counts running events and throttles as AWS does: by the function's reservation, or by what the account has left. */
export class ConcurrencyGate {
  readonly #state: LambdaState;
  readonly #running = new Map<string, number>();
  #unreservedRunning = 0;

  constructor(state: LambdaState) {
    this.#state = state;
  }

  /** Takes a place, or refuses with 429. Call what it answers when the event is done. */
  enter(ref: FunctionRef): () => void {
    const key = keyOf(ref);
    const running = this.#running.get(key) ?? 0;
    const reserved = this.#state.functions.get(key)?.reservedConcurrency;
    if (reserved !== undefined && running >= reserved)
      throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
    if (reserved === undefined && this.#unreservedRunning >= this.unreservedLimit(ref.region))
      throw throttled("ConcurrentInvocationLimitExceeded");
    this.#running.set(key, running + 1);
    if (reserved === undefined) this.#unreservedRunning++;
    return () => this.#leave(key, reserved === undefined);
  }

  /** How many events of the function run now. */
  runningOf(ref: FunctionRef): number {
    return this.#running.get(keyOf(ref)) ?? 0;
  }

  /** What is not reserved for single functions of the region. */
  unreservedLimit(region: string): number {
    let limit = ACCOUNT_CONCURRENCY;
    if (this.#reservations === undefined) this.#reservations = this.#sumReservations();
    limit -= this.#reservations.get(region) ?? 0;
    return limit;
  }

  /** Call when a reservation has changed. */
  reservationsChanged(): void {
    this.#reservations = undefined;
  }

  #reservations: Map<string, number> | undefined;

  #sumReservations(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const [key, { reservedConcurrency = 0 }] of this.#state.functions.list()) {
      const region = key.slice(0, key.indexOf("/"));
      sums.set(region, (sums.get(region) ?? 0) + reservedConcurrency);
    }
    return sums;
  }

  #leave(key: string, unreserved: boolean): void {
    const running = (this.#running.get(key) ?? 1) - 1;
    if (running === 0) this.#running.delete(key);
    else this.#running.set(key, running);
    if (unreserved) this.#unreservedRunning--;
  }
}

function throttled(reason: string): AwsError {
  return new AwsError("TooManyRequestsException", "Rate Exceeded.", { members: { Reason: reason, Type: "User" } });
}
