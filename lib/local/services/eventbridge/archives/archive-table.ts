import type { Cloud } from "../../../service.ts";
import type { ArchiveRecord } from "../records.ts";
import type { Collection } from "../../../state/store.ts";
import type { ArchivedEvent } from "../records.ts";
import { Statement } from "../../../state/statements.ts";
import { EventPattern } from "../../../../util/event-pattern/event-pattern.ts";
import type { Store } from "../../../state/store.ts";
import type { BusEvent } from "../buses/event.ts";

interface Watcher {
  readonly key: string;
  readonly pattern: EventPattern | undefined;
}

const DAY_MS = 86_400_000;

/** Where the archives of a bus, and the time, are found. */
interface ArchiveSource {
  readonly cloud: Pick<Cloud, "clock">;
  readonly archives: Collection<ArchiveRecord>;
}

/** The events of all archives, by time. An archive's key is `region/name`. */
export class ArchiveTable {
  readonly #store: Store;
  /** The archives of a bus, by `region/bus`. */
  readonly #watchers = new Map<string, readonly Watcher[]>();

  constructor(store: Store) {
    this.#store = store;
    store.sql.exec(
      "CREATE TABLE IF NOT EXISTS events_archived (sequence INTEGER PRIMARY KEY AUTOINCREMENT, archive TEXT NOT NULL, time_ms INTEGER NOT NULL, event TEXT NOT NULL)",
    );
    store.sql.exec(
      "CREATE INDEX IF NOT EXISTS events_archived_by_time ON events_archived (archive, time_ms, sequence)",
    );
  }

  /** Keeps an event in each archive of the bus that wants it. */
  add(source: ArchiveSource, region: string, bus: string, event: BusEvent): void {
    const wanted = this.#watchersOf(source, region, bus).filter(({ pattern }) => pattern?.matches(event) ?? true);
    if (wanted.length === 0) return;
    this.#store.touch();
    const insert = this.#store.sql.prepare("INSERT INTO events_archived (archive, time_ms, event) VALUES (?, ?, ?)");
    for (const { key } of wanted) insert.run(key, Date.parse(event.time), JSON.stringify(event));
  }

  /** Call it when an archive is made, changed or deleted. */
  forgetWatchers(region: string, bus: string): void {
    this.#watchers.delete(`${region}/${bus}`);
  }

  /** How many events an archive holds, and how many bytes, once those are gone whose time is over. */
  measure(archive: string, retentionDays: number, nowMs: number): { count: number; bytes: number } {
    this.expire(archive, retentionDays, nowMs);
    const totals = new Statement<{ count: number; bytes: number }>(
      this.#store.sql,
      "SELECT count(*) AS count, coalesce(sum(length(event)), 0) AS bytes FROM events_archived WHERE archive = ?",
    );
    return totals.one(archive);
  }

  expire(archive: string, retentionDays: number, nowMs: number): void {
    if (retentionDays === 0) return;
    this.#store.touch();
    const expired = this.#store.sql.prepare("DELETE FROM events_archived WHERE archive = ? AND time_ms < ?");
    expired.run(archive, nowMs - retentionDays * DAY_MS);
  }

  /** Takes away what is older than its archive keeps it. */
  expireAll({ archives, cloud }: ArchiveSource): void {
    for (const [key, { retentionDays }] of archives.list()) this.expire(key, retentionDays, cloud.clock.now());
  }

  deleteAll(archive: string): void {
    this.#store.touch();
    this.#store.sql.prepare("DELETE FROM events_archived WHERE archive = ?").run(archive);
  }

  /** The next events behind a place, up to but not including `toMs`. */
  read(
    archive: string,
    after: readonly [timeMs: number, sequence: number],
    toMs: number,
    most: number,
  ): ArchivedEvent[] {
    const page = new Statement<{ sequence: number; timeMs: number; event: string }>(
      this.#store.sql,
      "SELECT sequence, time_ms AS timeMs, event FROM events_archived WHERE archive = ? AND (time_ms, sequence) > (?, ?) AND time_ms < ? ORDER BY time_ms, sequence LIMIT ?",
    );
    return page
      .all(archive, after[0], after[1], toMs, most)
      .map((row) => ({ ...row, event: JSON.parse(row.event) as BusEvent }));
  }

  #watchersOf(source: ArchiveSource, region: string, bus: string): readonly Watcher[] {
    const known = this.#watchers.get(`${region}/${bus}`);
    if (known !== undefined) return known;
    const watchers = source.archives
      .list(`${region}/`)
      .filter(([, archive]) => archive.bus === bus)
      .map(([key, { pattern }]) => ({ key, pattern: pattern === undefined ? undefined : new EventPattern(pattern) }));
    this.#watchers.set(`${region}/${bus}`, watchers);
    return watchers;
  }
}
