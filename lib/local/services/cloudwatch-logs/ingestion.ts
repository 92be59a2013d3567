import type { GroupRecord } from "./log-store.ts";

/** A batch of events that was just kept. */
export interface IngestedBatch {
  readonly group: GroupRecord;
  readonly streamName: string;
  readonly events: readonly {
    readonly id: number;
    readonly timestamp: number;
    readonly ingestedMs: number;
    readonly message: string;
  }[];
}

type IngestionListener = (batch: IngestedBatch) => void;

/** Passes new events to the filters and the tailing sessions. */
export class Ingestion {
  readonly #listeners = new Set<IngestionListener>();

  ingested(batch: IngestedBatch): void {
    for (const listener of this.#listeners) listener(batch);
  }

  /** Returns how to stop listening. */
  listen(listener: IngestionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
