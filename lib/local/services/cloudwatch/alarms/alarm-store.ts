import type { AlarmHistoryItem, CompositeAlarm, MetricAlarm, Tag } from "@aws-sdk/client-cloudwatch";
import type { StatementSync } from "node:sqlite";
import type { Collection, Store } from "../../../state/store.ts";

interface Kept {
  readonly Region: string;
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly StateUpdatedTimestamp: Date;
  readonly Tags: readonly Tag[];
}

export type MetricAlarmRecord = { readonly kind: "metric" } & Kept & MetricAlarm;
export type CompositeAlarmRecord = { readonly kind: "composite" } & Kept & CompositeAlarm;
export type AlarmRecord = MetricAlarmRecord | CompositeAlarmRecord;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS cloudwatch_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, region TEXT NOT NULL, alarm TEXT NOT NULL, atMs INTEGER NOT NULL,
    alarmType TEXT NOT NULL, itemType TEXT NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS cloudwatch_history_by_alarm ON cloudwatch_history (region, alarm, atMs, id);
`;

const STATEMENTS = {
  insert:
    "INSERT INTO cloudwatch_history (region, alarm, atMs, alarmType, itemType, summary, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
  /** Newest first. */
  select: `SELECT * FROM cloudwatch_history WHERE region = ?1 AND (?2 IS NULL OR alarm = ?2) AND atMs >= ?3 AND atMs <= ?4
    AND (?5 IS NULL OR itemType = ?5) ORDER BY atMs DESC, id DESC`,
  drop: "DELETE FROM cloudwatch_history WHERE atMs < ?",
} as const;

/** A query of the history. */
export interface HistoryQuery {
  readonly alarm: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  readonly itemType: string | undefined;
}

/** Alarms by `<region>/<name>`, and what happened to them. */
export class AlarmStore {
  readonly #alarms: Collection<AlarmRecord>;
  readonly #store: Store;
  readonly #run: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;

  constructor(store: Store) {
    this.#store = store;
    this.#alarms = store.collection("cloudwatch.alarms");
    store.sql.exec(SCHEMA);
    const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, store.sql.prepare(sql)] as const);
    this.#run = Object.fromEntries(prepared) as Record<keyof typeof STATEMENTS, StatementSync>;
  }

  get(region: string, name: string | undefined): AlarmRecord | undefined {
    return this.#alarms.get(`${region}/${name}`);
  }

  put(alarm: AlarmRecord): void {
    this.#alarms.put(`${alarm.Region}/${alarm.AlarmName}`, alarm);
  }

  delete(alarm: AlarmRecord): void {
    this.#alarms.delete(`${alarm.Region}/${alarm.AlarmName}`);
  }

  list(region: string, prefix = ""): AlarmRecord[] {
    return this.#alarms.list(`${region}/${prefix}`).map(([, alarm]) => alarm);
  }

  all(): AlarmRecord[] {
    return this.#alarms.list().map(([, alarm]) => alarm);
  }

  addHistory(alarm: AlarmRecord, atMs: number, itemType: string, summary: string, data: object): void {
    this.#store.touch();
    const alarmType = alarm.kind === "metric" ? "MetricAlarm" : "CompositeAlarm";
    this.#run.insert.run(alarm.Region, alarm.AlarmName, atMs, alarmType, itemType, summary, JSON.stringify(data));
  }

  history(region: string, query: HistoryQuery): AlarmHistoryItem[] {
    const { alarm, fromMs, toMs, itemType } = query;
    const rows = this.#run.select.all(region, alarm ?? null, fromMs, toMs, itemType ?? null);
    return (rows as unknown as HistoryRow[]).map((row) => ({
      AlarmName: row.alarm,
      AlarmType: row.alarmType,
      Timestamp: new Date(row.atMs),
      HistoryItemType: row.itemType,
      HistorySummary: row.summary,
      HistoryData: row.data,
    }));
  }

  dropHistory(beforeMs: number): void {
    this.#store.touch();
    this.#run.drop.run(beforeMs);
  }
}

interface HistoryRow {
  readonly alarm: string;
  readonly atMs: number;
  readonly alarmType: "MetricAlarm" | "CompositeAlarm";
  readonly itemType: "StateUpdate" | "ConfigurationUpdate" | "Action";
  readonly summary: string;
  readonly data: string;
}
