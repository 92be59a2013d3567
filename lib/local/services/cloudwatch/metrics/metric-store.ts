import { type Prepared, prepareAll, query } from "../../../state/statements.ts";
import type { Store } from "../../../state/store.ts";

/** What names a metric. Dimensions are in the order of their names. */
export interface MetricId {
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
}

/** Values with how often each was seen, and what came as ready statistics, of one bucket of time and one unit. */
export interface StoredBucket {
  readonly atMs: number;
  readonly unit: string;
  readonly value: number;
  readonly count: number;
}

/** A statistic set of one bucket; `atMs` is the bucket's start. */
export interface StoredSet {
  readonly atMs: number;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS cloudwatch_metrics (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    dimensions TEXT NOT NULL, lastMs INTEGER NOT NULL, UNIQUE (region, namespace, name, dimensions));
  CREATE TABLE IF NOT EXISTS cloudwatch_values (
    metricId INTEGER NOT NULL, atMs INTEGER NOT NULL, unit TEXT NOT NULL, value REAL NOT NULL, count REAL NOT NULL,
    PRIMARY KEY (metricId, atMs, unit, value)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS cloudwatch_sets (
    metricId INTEGER NOT NULL, atMs INTEGER NOT NULL, unit TEXT NOT NULL,
    count REAL NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
    PRIMARY KEY (metricId, atMs, unit)) WITHOUT ROWID;
`;

const STATEMENTS = {
  note: query<{
    id: number;
  }>(`INSERT INTO cloudwatch_metrics (region, namespace, name, dimensions, lastMs) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET lastMs = MAX(lastMs, excluded.lastMs) RETURNING id`),
  metric: query<{ id: number }>(
    "SELECT id FROM cloudwatch_metrics WHERE region = ? AND namespace = ? AND name = ? AND dimensions = ?",
  ),
  metrics: query<{
    namespace: string;
    name: string;
    dimensions: string;
  }>(`SELECT namespace, name, dimensions, lastMs FROM cloudwatch_metrics
    WHERE region = ?1 AND lastMs >= ?2 AND (?3 IS NULL OR namespace = ?3) AND (?4 IS NULL OR name = ?4)
    ORDER BY namespace, name, dimensions`),
  addValue: `INSERT INTO cloudwatch_values VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  addSet: `INSERT INTO cloudwatch_sets VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    count = count + excluded.count, sum = sum + excluded.sum, min = MIN(min, excluded.min), max = MAX(max, excluded.max)`,
  values: query<StoredBucket>(
    "SELECT atMs, unit, value, count FROM cloudwatch_values WHERE metricId = ? AND atMs >= ? AND atMs < ?",
  ),
  sets: query<StoredSet>(
    "SELECT atMs, unit, count, sum, min, max FROM cloudwatch_sets WHERE metricId = ? AND atMs >= ? AND atMs < ?",
  ),
  rollValues: `INSERT INTO cloudwatch_values SELECT metricId, atMs - atMs % ?1, unit, value, count FROM cloudwatch_values
    WHERE atMs < ?2 AND atMs % ?1 <> 0 ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  dropRolledValues: "DELETE FROM cloudwatch_values WHERE atMs < ?2 AND atMs % ?1 <> 0",
  rollSets: `INSERT INTO cloudwatch_sets SELECT metricId, atMs - atMs % ?1, unit, count, sum, min, max FROM cloudwatch_sets
    WHERE atMs < ?2 AND atMs % ?1 <> 0 ON CONFLICT DO UPDATE SET count = count + excluded.count,
    sum = sum + excluded.sum, min = MIN(min, excluded.min), max = MAX(max, excluded.max)`,
  dropRolledSets: "DELETE FROM cloudwatch_sets WHERE atMs < ?2 AND atMs % ?1 <> 0",
  dropValues: "DELETE FROM cloudwatch_values WHERE atMs < ?",
  dropSets: "DELETE FROM cloudwatch_sets WHERE atMs < ?",
  dropMetrics: "DELETE FROM cloudwatch_metrics WHERE lastMs < ?",
} as const;

/**
 * Metric data, kept as value and count by bucket of time (a minute, or a second of high resolution), so that every
 * percentile is exact. Each set of dimensions is a metric of its own.
 */
export class MetricStore {
  readonly #store: Store;
  readonly #run: Prepared<typeof STATEMENTS>;

  constructor(store: Store) {
    this.#store = store;
    store.sql.exec(SCHEMA);
    this.#run = prepareAll(store.sql, STATEMENTS);
  }

  /** The metric's number; it is listed from now on. */
  note(metric: MetricId, atMs: number): number {
    this.#store.touch();
    const { region, namespace, name } = metric;
    return this.#run.note.one(region, namespace, name, JSON.stringify(metric.dimensions), atMs).id;
  }

  addValue(id: number, bucket: StoredBucket): void {
    this.#run.addValue.run(id, bucket.atMs, bucket.unit, bucket.value, bucket.count);
  }

  addSet(id: number, set: StoredSet): void {
    this.#run.addSet.run(id, set.atMs, set.unit, set.count, set.sum, set.min, set.max);
  }

  /** The stored values of a metric from `fromMs` to before `toMs`; undefined for an unknown metric. */
  read(
    metric: MetricId,
    fromMs: number,
    toMs: number,
  ): { values: readonly StoredBucket[]; sets: readonly StoredSet[] } | undefined {
    const { region, namespace, name } = metric;
    const row = this.#run.metric.get(region, namespace, name, JSON.stringify(metric.dimensions));
    if (!row) return undefined;
    const { id } = row;
    return {
      values: this.#run.values.all(id, fromMs, toMs),
      sets: this.#run.sets.all(id, fromMs, toMs),
    };
  }

  /** The metrics with data since `sinceMs`. */
  list(region: string, sinceMs: number, namespace: string | undefined, name: string | undefined): MetricId[] {
    const rows = this.#run.metrics.all(region, sinceMs, namespace ?? null, name ?? null);
    return rows.map((row) => ({
      region,
      namespace: row.namespace,
      name: row.name,
      dimensions: JSON.parse(row.dimensions) as [string, string][],
    }));
  }

  /** Merges buckets older than `beforeMs` into buckets of `widthMs`. */
  rollUp(widthMs: number, beforeMs: number): void {
    this.#store.transaction(() => {
      this.#run.rollValues.run(widthMs, beforeMs);
      this.#run.dropRolledValues.run(widthMs, beforeMs);
      this.#run.rollSets.run(widthMs, beforeMs);
      this.#run.dropRolledSets.run(widthMs, beforeMs);
    });
  }

  drop(beforeMs: number): void {
    this.#store.transaction(() => {
      this.#run.dropValues.run(beforeMs);
      this.#run.dropSets.run(beforeMs);
      this.#run.dropMetrics.run(beforeMs);
    });
  }
}
