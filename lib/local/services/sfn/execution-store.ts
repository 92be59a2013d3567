import type { Store } from "../../state/store.ts";
import type { ExecutionRecord } from "./records.ts";
import { prepared } from "./prepared.ts";
import type { KeptEvent } from "./run/run-journal.ts";

/** Executions, their histories, and the steps of those that run. */
export class ExecutionStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    store.sql.exec(`
      CREATE TABLE IF NOT EXISTS sfn_executions (
        arn TEXT PRIMARY KEY, machine TEXT, started INTEGER, status TEXT, record TEXT
      );
      CREATE INDEX IF NOT EXISTS sfn_executions_by_machine ON sfn_executions (machine, started DESC);
      CREATE INDEX IF NOT EXISTS sfn_executions_running ON sfn_executions (status) WHERE status = 'RUNNING';
      CREATE TABLE IF NOT EXISTS sfn_events (
        execution TEXT, id INTEGER, key TEXT, event TEXT, PRIMARY KEY (execution, id)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS sfn_steps (
        execution TEXT, key TEXT, value TEXT, PRIMARY KEY (execution, key)
      ) WITHOUT ROWID;
    `);
  }

  get(arn: string): ExecutionRecord | undefined {
    const row = prepared<RecordRow>(this.#store.sql, "SELECT record FROM sfn_executions WHERE arn = ?").get(arn);
    return row && toRecord(row);
  }

  put(record: ExecutionRecord): void {
    this.#store.touch();
    prepared(
      this.#store.sql,
      `INSERT INTO sfn_executions (arn, machine, started, status, record) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (arn) DO UPDATE SET status = excluded.status, record = excluded.record`,
    ).run(record.arn, record.machineArn, record.startedMs, record.status, JSON.stringify(record));
  }

  running(): ExecutionRecord[] {
    const text = "SELECT record FROM sfn_executions WHERE status = 'RUNNING'";
    return prepared<RecordRow>(this.#store.sql, text).all().map(toRecord);
  }

  /** Newest first. */
  ofMachine(machineArn: string): ExecutionRecord[] {
    const all = prepared<RecordRow>(
      this.#store.sql,
      "SELECT record FROM sfn_executions WHERE machine = ? ORDER BY started DESC, rowid DESC",
    );
    return all.all(machineArn).map(toRecord);
  }

  /** From `after` on, oldest first, or the other way round. */
  events(arn: string, from: number, count: number, reverse: boolean): KeptEvent[] {
    const order = reverse ? "id <= ? ORDER BY id DESC" : "id >= ? ORDER BY id";
    const rows = prepared<{ event: string }>(
      this.#store.sql,
      `SELECT event FROM sfn_events WHERE execution = ? AND ${order} LIMIT ?`,
    );
    return rows.all(arn, from, count).map((row) => JSON.parse(row.event) as KeptEvent);
  }

  steps(arn: string): { key: string; value: unknown }[] {
    const rows = prepared<{ key: string; value: string }>(
      this.#store.sql,
      "SELECT key, value FROM sfn_steps WHERE execution = ?",
    ).all(arn);
    return rows.map(({ key, value }): { key: string; value: unknown } => ({ key, value: JSON.parse(value) }));
  }

  putStep(arn: string, key: string, value: unknown): void {
    this.#store.touch();
    prepared(this.#store.sql, "INSERT OR REPLACE INTO sfn_steps VALUES (?, ?, ?)").run(arn, key, JSON.stringify(value));
  }

  dropStep(arn: string, key: string): void {
    this.#store.touch();
    prepared(this.#store.sql, "DELETE FROM sfn_steps WHERE execution = ? AND key = ?").run(arn, key);
  }

  /** Puts an ending to the keys of events of some types. */
  renameEvents(arn: string, ending: string, isWanted: (type: string) => boolean): void {
    this.#store.touch();
    const rename = prepared(this.#store.sql, "UPDATE sfn_events SET key = key || ? WHERE execution = ? AND id = ?");
    for (const { id, type } of this.events(arn, 1, -1, false)) {
      if (isWanted(type)) rename.run(ending, arn, id);
    }
  }

  /** Those that ended without success before a time cannot be redriven any more. */
  forgetOldSteps(beforeMs: number): void {
    this.#store.touch();
    this.#store.sql
      .prepare(
        `DELETE FROM sfn_steps WHERE execution IN
          (SELECT arn FROM sfn_executions WHERE status <> 'RUNNING' AND json_extract(record, '$.stoppedMs') < ?)`,
      )
      .run(beforeMs);
  }

  /** The steps are needed only for resuming. */
  forgetSteps(arn: string): void {
    this.#store.touch();
    prepared(this.#store.sql, "DELETE FROM sfn_steps WHERE execution = ?").run(arn);
  }

  forget(arn: string): void {
    this.#store.touch();
    prepared(this.#store.sql, "DELETE FROM sfn_executions WHERE arn = ?").run(arn);
  }

  /** Removes a machine's executions, with the children of its Map Runs. */
  forgetMachine(machineArn: string): void {
    this.#store.touch();
    const { sql } = this.#store;
    const children = `${machineArn}/`;
    const mine = "machine = ? OR substr(machine, 1, ?) = ?";
    for (const table of ["sfn_steps", "sfn_events"]) {
      sql
        .prepare(`DELETE FROM ${table} WHERE execution IN (SELECT arn FROM sfn_executions WHERE ${mine})`)
        .run(machineArn, children.length, children);
    }
    sql.prepare(`DELETE FROM sfn_executions WHERE ${mine}`).run(machineArn, children.length, children);
  }
}

interface RecordRow {
  readonly record: string;
}

function toRecord(row: RecordRow): ExecutionRecord {
  return JSON.parse(row.record) as ExecutionRecord;
}
