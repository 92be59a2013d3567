import type { Cancel } from "../../state/clock.ts";
import type { Engine } from "./context.ts";
import { forgetTokens } from "./items/transact-write-items.ts";
import { writeItems } from "./items/write-item.ts";
import { rowKey, schemaOf } from "./tables/table-schema.ts";
import type { Table } from "./tables/table.ts";

/** AWS removes expired items within days; here it takes a minute of the cloud's time at most. */
const SWEEP_MS = 60_000;

/** What has been expired for longer is left alone: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
const LONGEST_EXPIRED_S = 5 * 365 * 24 * 60 * 60;
const BATCH = 500;

/** Removes, every minute, what has had its time: expired items, old changes of streams, old tokens. */
export class Sweeper {
  readonly #engine: Engine;
  #cancel: Cancel | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  start(): void {
    const { clock } = this.#engine.cloud;
    this.#cancel = clock.at(clock.now() + SWEEP_MS, () => {
      this.start();
      this.sweep();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  sweep(): void {
    const nowMs = this.#engine.cloud.clock.now();
    for (const table of this.#engine.tables.all()) if (table.timeToLive) removeExpired(this.#engine, table);
    this.#engine.changes.trim(nowMs);
    forgetTokens(this.#engine);
  }
}

function removeExpired(engine: Engine, table: Table): void {
  const nowS = Math.floor(engine.cloud.clock.now() / 1000);
  const { key } = schemaOf(table);
  for (;;) {
    const items = engine.rows.expired(table, nowS - LONGEST_EXPIRED_S, nowS, BATCH);
    const changes = items.map(({ item, size }) => ({
      table,
      place: rowKey(key, item),
      before: { item, size },
      after: undefined,
      expired: true,
    }));
    if (changes.length > 0) writeItems(engine, changes);
    if (changes.length < BATCH) return;
  }
}
