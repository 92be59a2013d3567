import { type Prepared, prepareAll, query } from "../../state/statements.ts";
import type { LogGroupClass } from "@aws-sdk/client-cloudwatch-logs";
import type { Store } from "../../state/store.ts";

/** A log group as it is kept. */
export interface GroupRecord {
  readonly id: number;
  readonly region: string;
  readonly name: string;
  readonly createdMs: number;
  readonly storedBytes: number;
  readonly settings: GroupSettings;
}

interface GroupSettings {
  readonly logGroupClass: LogGroupClass;
  readonly retentionInDays?: number | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly deletionProtectionEnabled?: boolean | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** A log stream as it is kept; the times are null until an event came. */
export interface StreamRecord {
  readonly id: number;
  readonly groupId: number;
  readonly name: string;
  readonly createdMs: number;
  readonly firstEventMs: number | null;
  readonly lastEventMs: number | null;
  readonly lastIngestionMs: number | null;
}

/** An event as it is kept: `id` rises in the order of ingestion. */
export interface EventRecord {
  readonly id: number;
  readonly streamId: number;
  readonly atMs: number;
  readonly ingestedMs: number;
  readonly message: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS logs_groups (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, name TEXT NOT NULL, createdMs INTEGER NOT NULL,
    storedBytes INTEGER NOT NULL DEFAULT 0, settings TEXT NOT NULL, UNIQUE (region, name));
  CREATE TABLE IF NOT EXISTS logs_streams (
    id INTEGER PRIMARY KEY, groupId INTEGER NOT NULL, name TEXT NOT NULL, createdMs INTEGER NOT NULL,
    firstEventMs INTEGER, lastEventMs INTEGER, lastIngestionMs INTEGER, UNIQUE (groupId, name));
  CREATE TABLE IF NOT EXISTS logs_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, groupId INTEGER NOT NULL, streamId INTEGER NOT NULL,
    atMs INTEGER NOT NULL, ingestedMs INTEGER NOT NULL, message TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS logs_events_by_group ON logs_events (groupId, atMs, id);
  CREATE INDEX IF NOT EXISTS logs_events_by_stream ON logs_events (streamId, atMs, id);
`;

const STATEMENTS = {
  insertGroup: "INSERT INTO logs_groups (region, name, createdMs, settings) VALUES (?, ?, ?, ?)",
  group: query<GroupRow>("SELECT * FROM logs_groups WHERE region = ? AND name = ?"),
  groups: query<GroupRow>("SELECT * FROM logs_groups WHERE region = ? AND name >= ? ORDER BY name"),
  allGroups: query<GroupRow>("SELECT * FROM logs_groups"),
  saveSettings: "UPDATE logs_groups SET settings = ? WHERE id = ?",
  addBytes: "UPDATE logs_groups SET storedBytes = MAX(0, storedBytes + ?) WHERE id = ?",
  deleteGroup: "DELETE FROM logs_groups WHERE id = ?",
  insertStream: "INSERT INTO logs_streams (groupId, name, createdMs) VALUES (?, ?, ?)",
  stream: query<StreamRecord>("SELECT * FROM logs_streams WHERE groupId = ? AND name = ?"),
  streamsByName: query<StreamRecord>("SELECT * FROM logs_streams WHERE groupId = ? ORDER BY name"),
  streamsByTime: query<StreamRecord>(
    "SELECT * FROM logs_streams WHERE groupId = ? ORDER BY COALESCE(lastEventMs, 0), name",
  ),
  noteEvents: `UPDATE logs_streams SET firstEventMs = MIN(COALESCE(firstEventMs, ?1), ?1),
    lastEventMs = MAX(COALESCE(lastEventMs, ?2), ?2), lastIngestionMs = ?3 WHERE id = ?4`,
  deleteStream: "DELETE FROM logs_streams WHERE id = ?",
  deleteStreams: "DELETE FROM logs_streams WHERE groupId = ?",
  insertEvent: "INSERT INTO logs_events (groupId, streamId, atMs, ingestedMs, message) VALUES (?, ?, ?, ?, ?)",
  deleteGroupEvents: "DELETE FROM logs_events WHERE groupId = ?",
  deleteStreamEvents: "DELETE FROM logs_events WHERE streamId = ?",
  streamBytes: query<{ bytes: number }>(
    "SELECT COALESCE(SUM(LENGTH(CAST(message AS BLOB)) + 26), 0) AS bytes FROM logs_events WHERE streamId = ?",
  ),
  expiredBytes: query<{ bytes: number }>(
    "SELECT COALESCE(SUM(LENGTH(CAST(message AS BLOB)) + 26), 0) AS bytes FROM logs_events WHERE groupId = ? AND atMs < ?",
  ),
  deleteExpired: "DELETE FROM logs_events WHERE groupId = ? AND atMs < ?",
  /** After (`?2`, `?3`), from `?4` to before `?5`, oldest first. */
  streamForward:
    query<EventRecord>(`SELECT * FROM logs_events WHERE streamId = ?1 AND (atMs, id) > (?2, ?3) AND atMs >= ?4 AND atMs < ?5
    ORDER BY atMs, id LIMIT ?6`),
  /** Before (`?2`, `?3`), newest first. */
  streamBackward:
    query<EventRecord>(`SELECT * FROM logs_events WHERE streamId = ?1 AND (atMs, id) < (?2, ?3) AND atMs >= ?4 AND atMs < ?5
    ORDER BY atMs DESC, id DESC LIMIT ?6`),
  groupForward:
    query<EventRecord>(`SELECT * FROM logs_events WHERE groupId = ?1 AND (atMs, id) > (?2, ?3) AND atMs >= ?4 AND atMs <= ?5
    ORDER BY atMs, id`),
} as const;

/** Groups, streams and events in tables of their own, one prepared statement for each query. */
export class LogStore {
  readonly #store: Store;
  readonly #run: Prepared<typeof STATEMENTS>;

  constructor(store: Store) {
    this.#store = store;
    store.sql.exec(SCHEMA);
    this.#run = prepareAll(store.sql, STATEMENTS);
  }

  group(region: string, name: string): GroupRecord | undefined {
    const row = this.#run.group.get(region, name);
    return row && groupOf(row);
  }

  /** The groups whose names begin with `prefix`, by name. */
  groups(region: string, prefix = ""): GroupRecord[] {
    const found: GroupRecord[] = [];
    for (const row of this.#run.groups.iterate(region, prefix)) {
      const group = groupOf(row);
      if (!group.name.startsWith(prefix)) break;
      found.push(group);
    }
    return found;
  }

  allGroups(): GroupRecord[] {
    return this.#run.allGroups.all().map(groupOf);
  }

  addGroup(region: string, name: string, createdMs: number, settings: GroupSettings): void {
    this.#store.touch();
    this.#run.insertGroup.run(region, name, createdMs, JSON.stringify(settings));
  }

  saveSettings(group: GroupRecord, settings: GroupSettings): void {
    this.#store.touch();
    this.#run.saveSettings.run(JSON.stringify(settings), group.id);
  }

  deleteGroup(group: GroupRecord): void {
    this.#store.transaction(() => {
      this.#run.deleteGroupEvents.run(group.id);
      this.#run.deleteStreams.run(group.id);
      this.#run.deleteGroup.run(group.id);
    });
  }

  stream(group: GroupRecord, name: string): StreamRecord | undefined {
    return this.#run.stream.get(group.id, name);
  }

  streams(group: GroupRecord, order: "LogStreamName" | "LastEventTime" = "LogStreamName"): StreamRecord[] {
    const statement = order === "LastEventTime" ? this.#run.streamsByTime : this.#run.streamsByName;
    return statement.all(group.id);
  }

  addStream(group: GroupRecord, name: string, createdMs: number): void {
    this.#store.touch();
    this.#run.insertStream.run(group.id, name, createdMs);
  }

  deleteStream(group: GroupRecord, stream: StreamRecord): void {
    this.#store.transaction(() => {
      const { bytes } = this.#run.streamBytes.one(stream.id);
      this.#run.deleteStreamEvents.run(stream.id);
      this.#run.deleteStream.run(stream.id);
      this.#run.addBytes.run(-bytes, group.id);
    });
  }

  /** Keeps events, oldest first, and answers their ids. */
  addEvents(
    group: GroupRecord,
    stream: StreamRecord,
    events: readonly { readonly timestamp: number; readonly message: string }[],
    bytes: number,
    ingestedMs: number,
  ): number[] {
    return this.#store.transaction(() => {
      const ids = events.map(({ timestamp, message }) =>
        Number(this.#run.insertEvent.run(group.id, stream.id, timestamp, ingestedMs, message).lastInsertRowid),
      );
      this.#run.noteEvents.run(events[0]!.timestamp, events.at(-1)!.timestamp, ingestedMs, stream.id);
      this.#run.addBytes.run(bytes, group.id);
      return ids;
    });
  }

  /** Drops what is older than `beforeMs`. */
  expire(group: GroupRecord, beforeMs: number): void {
    const { bytes } = this.#run.expiredBytes.one(group.id, beforeMs);
    if (bytes === 0) return;
    this.#store.transaction(() => {
      this.#run.deleteExpired.run(group.id, beforeMs);
      this.#run.addBytes.run(-bytes, group.id);
    });
  }

  /** A stream's events after a position (oldest first) or before it (newest first); `toMs` is exclusive. */
  streamEvents(
    stream: StreamRecord,
    direction: "forward" | "backward",
    position: { readonly atMs: number; readonly id: number },
    range: { readonly fromMs: number; readonly toMs: number },
    limit: number,
  ): EventRecord[] {
    const statement = direction === "forward" ? this.#run.streamForward : this.#run.streamBackward;
    return statement.all(stream.id, position.atMs, position.id, range.fromMs, range.toMs, limit);
  }

  /** A group's events after a position, oldest first; `toMs` is inclusive. */
  groupEvents(
    group: GroupRecord,
    position: { readonly atMs: number; readonly id: number },
    range: { readonly fromMs: number; readonly toMs: number },
  ): Iterable<EventRecord> {
    return this.#run.groupForward.iterate(group.id, position.atMs, position.id, range.fromMs, range.toMs);
  }
}

/** A group as its row has it: the settings are JSON. */
type GroupRow = Omit<GroupRecord, "settings"> & { readonly settings: string };

function groupOf({ settings, ...group }: GroupRow): GroupRecord {
  return { ...group, settings: JSON.parse(settings) as GroupSettings };
}
