import type { Checked } from "../../../kit/checked.ts";
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import type { Cloud } from "../../../service.ts";
import { prepared } from "../prepared.ts";
import { StatesError } from "./states-error.ts";

/** An event as it is kept: its time in milliseconds. */
export type KeptEvent = Omit<Checked<HistoryEvent>, "timestamp"> & { readonly timestampMs: number };

/** What an event says beside its type, id and time. */
export type EventDetails = Omit<Checked<HistoryEvent>, "timestamp" | "type" | "id" | "previousEventId">;

/**
 * What an execution has done: its history, and under each key what became of a step. After a restart the interpreter
 * runs the definition again from the start, and takes what it finds here instead of doing it twice.
 */
export interface RunJournal {
  /** Writes an event, or answers the id of the one that was written under this key before. */
  emit(
    key: string,
    type: NonNullable<Checked<HistoryEvent>["type"]>,
    previousEventId: number,
    details?: EventDetails,
  ): number;
  recall<T>(key: string): { readonly value: T } | undefined;
  record<T>(key: string, value: T): T;
}

/** A journal in the store. */
export class StoredJournal implements RunJournal {
  readonly #cloud: Cloud;
  readonly #arn: string;
  readonly #tell: (event: KeptEvent) => void;
  readonly #ids = new Map<string, number>();
  readonly #steps = new Map<string, unknown>();
  #lastId = 0;

  constructor(cloud: Cloud, arn: string, tell: (event: KeptEvent) => void) {
    this.#cloud = cloud;
    this.#arn = arn;
    this.#tell = tell;
    const { sql } = cloud.store;
    const events = prepared<{ id: number; key: string }>(sql, "SELECT id, key FROM sfn_events WHERE execution = ?");
    for (const { id, key } of events.all(arn)) {
      this.#ids.set(key, id);
      this.#lastId = Math.max(this.#lastId, id);
    }
    const steps = prepared<{ key: string; value: string }>(sql, "SELECT key, value FROM sfn_steps WHERE execution = ?");
    for (const { key, value } of steps.all(arn)) {
      this.#steps.set(key, JSON.parse(value));
    }
  }

  emit(key: string, type: NonNullable<Checked<HistoryEvent>["type"]>, previousEventId: number, details = {}): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#lastId >= MOST_EVENTS - 1 && !type.startsWith("Execution")) throw tooManyEvents();
    const id = ++this.#lastId;
    const event: KeptEvent = { id, previousEventId, type, timestampMs: this.#cloud.clock.now(), ...details };
    this.#cloud.store.touch();
    prepared(this.#cloud.store.sql, "INSERT INTO sfn_events (execution, id, key, event) VALUES (?, ?, ?, ?)").run(
      this.#arn,
      id,
      key,
      JSON.stringify(event),
    );
    this.#ids.set(key, id);
    this.#tell(event);
    return id;
  }

  recall<T>(key: string): { value: T } | undefined {
    return this.#steps.has(key) ? { value: this.#steps.get(key) as T } : undefined;
  }

  record<T>(key: string, value: T): T {
    this.#steps.set(key, value);
    this.#cloud.store.touch();
    prepared(this.#cloud.store.sql, "INSERT OR REPLACE INTO sfn_steps (execution, key, value) VALUES (?, ?, ?)").run(
      this.#arn,
      key,
      JSON.stringify(value) ?? "null",
    );
    return value;
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, "Execution history size" */
const MOST_EVENTS = 25_000;

function tooManyEvents(): StatesError {
  return new StatesError(
    "States.Runtime",
    `The execution reached the maximum number of history events (${MOST_EVENTS}).`,
  );
}

/** The journal of an express execution: it starts again after a restart, as express executions may. */
export class PassingJournal implements RunJournal {
  readonly #now: () => number;
  readonly #tell: (event: KeptEvent) => void;
  #lastId = 0;

  constructor(now: () => number, tell: (event: KeptEvent) => void) {
    this.#now = now;
    this.#tell = tell;
  }

  emit(_key: string, type: NonNullable<Checked<HistoryEvent>["type"]>, previousEventId: number, details = {}): number {
    const id = ++this.#lastId;
    this.#tell({ id, previousEventId, type, timestampMs: this.#now(), ...details });
    return id;
  }

  recall(): undefined {
    return undefined;
  }

  record<T>(_key: string, value: T): T {
    return value;
  }
}
