import { isAwsError } from "../../../aws-error.ts";
import type { InvocationResult } from "../../../runtime/function-spec.ts";
import type { Cancel } from "../../../state/clock.ts";
import type { Collection } from "../../../state/store.ts";
import { deliverDeadEvent, deliverResult } from "./destinations.ts";
import { findTarget } from "./invoke-target.ts";
import { run } from "./invoke.ts";
import type { Lambda } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import type { FunctionRef } from "../functions/names.ts";
import type { VersionRecord } from "../records.ts";

/** An asynchronous event. */
export interface QueuedEvent {
  readonly ref: FunctionRef;
  readonly payload: Uint8Array;
  readonly requestId: string;
  readonly traceId: string | undefined;
}

interface EventRecord extends QueuedEvent {
  readonly receivedMs: number;
  /** How often it has run. */
  readonly attempts: number;
  /** How often it was throttled in a row. */
  readonly throttles: number;
  readonly dueMs: number;
}

/** Before the second and before the third attempt. */
const RETRY_DELAYS_MS = [60_000, 120_000];
const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 5 * 60_000;
const DEFAULT_RETRIES = 2;
/**
 * How many events of one function the queue runs at a time: latency matters little here, and a laptop has limited
 * capacity.
 */
const MOST_AT_ONCE = 16;
const DEFAULT_AGE_SECONDS = 6 * 3600;

/**
 * The queue of asynchronous events: kept in the store until each is done, so that an accepted event runs at least once,
 * even if the cloud is killed.
 */
export class EventQueue {
  readonly #lambda: Lambda;
  readonly #events: Collection<EventRecord>;
  readonly #timers = new Map<string, Cancel>();
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, EventRecord[]>();
  #stopped = false;

  constructor(lambda: Lambda) {
    this.#lambda = lambda;
    this.#events = lambda.cloud.store.collection("lambda.events");
  }

  add(event: QueuedEvent): void {
    const now = this.#lambda.cloud.clock.now();
    this.#schedule({ ...event, receivedMs: now, attempts: 0, throttles: 0, dueMs: now });
  }

  /** Resumes the events that were left when the cloud was stopped or killed. */
  resume(): void {
    for (const [, record] of this.#events.list()) this.#arm(record);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
  }

  #schedule(record: EventRecord): void {
    this.#events.put(keyOfEvent(record), record);
    this.#arm(record);
  }

  #arm(record: EventRecord): void {
    const { clock } = this.#lambda.cloud;
    const start = () => {
      this.#timers.delete(keyOfEvent(record));
      this.#startOrWait(record);
    };
    if (record.dueMs <= clock.now()) setImmediate(start);
    else this.#timers.set(keyOfEvent(record), clock.at(record.dueMs, start));
  }

  #startOrWait(record: EventRecord): void {
    const key = keyOf(record.ref);
    const running = this.#running.get(key) ?? 0;
    if (running >= MOST_AT_ONCE) {
      const waiting = this.#waiting.get(key);
      if (waiting === undefined) this.#waiting.set(key, [record]);
      else waiting.push(record);
      return;
    }
    this.#running.set(key, running + 1);
    this.#attempt(record)
      .catch((error: unknown) => this.#lambda.cloud.log(`lambda: ${String(error)}`))
      .finally(() => this.#startNext(key));
  }

  #startNext(key: string): void {
    const running = (this.#running.get(key) ?? 1) - 1;
    if (running === 0) this.#running.delete(key);
    else this.#running.set(key, running);
    const next = this.#waiting.get(key)?.shift();
    if (next === undefined) this.#waiting.delete(key);
    else this.#startOrWait(next);
  }

  async #attempt(record: EventRecord): Promise<void> {
    if (this.#stopped) return;
    const settings = this.#settingsOf(record);
    if (this.#lambda.cloud.clock.now() - record.receivedMs > settings.ageMs) return this.#drop(record);
    try {
      const target = findTarget(this.#lambda, record.ref);
      const result = await run(this.#lambda, target, record.payload, {
        requestId: record.requestId,
        traceId: record.traceId,
      });
      if (this.#stopped) return;
      this.#settle({ ...record, attempts: record.attempts + 1, throttles: 0 }, target.version, result);
    } catch (error) {
      this.#refused(record, error);
    }
  }

  #settle(record: EventRecord, { version, settings }: VersionRecord, result: InvocationResult): void {
    const failed = result.errorType !== undefined;
    const { retries } = this.#settingsOf(record);
    if (failed && record.attempts <= retries) {
      const delayMs = RETRY_DELAYS_MS[record.attempts - 1] ?? RETRY_DELAYS_MS.at(-1)!;
      this.#schedule({ ...record, dueMs: this.#lambda.cloud.clock.now() + delayMs });
      return;
    }
    // In one transaction: after a kill either the event runs again, or its result is delivered.
    const deadLetterArn = settings.DeadLetterConfig?.TargetArn;
    deliverResult(this.#lambda, record, { executedVersion: version, result, deadLetterArn });
    this.#events.delete(keyOfEvent(record));
  }

  #refused(record: EventRecord, error: unknown): void {
    if (NOT_NOW.some((code) => isAwsError(error, code))) {
      const delayMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** record.throttles);
      const dueMs = this.#lambda.cloud.clock.now() + delayMs;
      return this.#schedule({ ...record, throttles: record.throttles + 1, dueMs });
    }
    // The function, the version or the alias is gone: nothing can run the event, or receive its result.
    if (isAwsError(error, "ResourceNotFoundException")) return void this.#events.delete(keyOfEvent(record));
    throw error;
  }

  #drop(record: EventRecord): void {
    deliverDeadEvent(this.#lambda, record, "EventAgeExceeded", this.#deadLetterOf(record));
    this.#events.delete(keyOfEvent(record));
  }

  /** Undefined where the function is gone. */
  #deadLetterOf({ ref }: EventRecord): string | undefined {
    try {
      return findTarget(this.#lambda, ref).version.settings.DeadLetterConfig?.TargetArn;
    } catch (error) {
      if (!isAwsError(error)) throw error;
      return undefined;
    }
  }

  #settingsOf({ ref }: EventRecord): { retries: number; ageMs: number } {
    const settings = this.#lambda.state.eventInvokeOf(ref);
    return {
      retries: settings?.MaximumRetryAttempts ?? DEFAULT_RETRIES,
      ageMs: (settings?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS) * 1000,
    };
  }
}

/** The function takes the event later: it has no capacity, changes, or is being prepared. */
const NOT_NOW = [
  "TooManyRequestsException",
  "ResourceConflictException",
  "ResourceNotReadyException",
  "SnapStartNotReadyException",
];

function keyOfEvent({ ref, requestId }: QueuedEvent): string {
  return `${ref.region}/${ref.name}/${requestId}`;
}
