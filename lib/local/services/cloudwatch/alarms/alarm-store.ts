import type { Checked } from "../../../kit/checked.ts";
import type { AlarmHistoryItem, CompositeAlarm, MetricAlarm, Tag } from "@aws-sdk/client-cloudwatch";
import { type Prepared, prepareAll, query } from "../../../state/statements.ts";
import type { Collection, Store } from "../../../state/store.ts";

/** A state that an alarm was found or set in. */
export interface NewState {
  readonly value: AlarmRecord["StateValue"];
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string | undefined;
}

/** What is to be done because an alarm entered a state. */
export interface AlarmAction {
  /** The ARN that is notified, or `events` for the event bus, which receives every change. */
  readonly action: string;
  readonly before: AlarmRecord;
  readonly now: AlarmRecord;
}

interface Kept {
  readonly Region: string;
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly StateUpdatedTimestamp: Date;
  readonly Tags: readonly Checked<Tag>[];
}

/** A metric alarm as it is stored. */
export type MetricAlarmRecord = { readonly kind: "metric" } & Kept & Checked<MetricAlarm>;
/** A composite alarm as it is stored. */
export type CompositeAlarmRecord = { readonly kind: "composite" } & Kept & Checked<CompositeAlarm>;
/** An alarm of either kind as it is stored. */
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
  select:
    query<HistoryRow>(`SELECT * FROM cloudwatch_history WHERE region = ?1 AND (?2 IS NULL OR alarm = ?2) AND atMs >= ?3 AND atMs <= ?4
    AND (?5 IS NULL OR itemType = ?5) ORDER BY atMs DESC, id DESC`),
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
  readonly #run: Prepared<typeof STATEMENTS>;

  constructor(store: Store) {
    this.#store = store;
    this.#alarms = store.collection("cloudwatch.alarms");
    store.sql.exec(SCHEMA);
    this.#run = prepareAll(store.sql, STATEMENTS);
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

  history(region: string, search: HistoryQuery): AlarmHistoryItem[] {
    const { alarm, fromMs, toMs, itemType } = search;
    const rows = this.#run.select.all(region, alarm ?? null, fromMs, toMs, itemType ?? null);
    return rows.map((row) => ({
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
