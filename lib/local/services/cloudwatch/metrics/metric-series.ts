import { distributionOf, type Distribution } from "./distribution.ts";
import type { MetricId, MetricStore } from "./metric-store.ts";

/** The times of a query: periods of `periodMs` from `startMs` to before `endMs`. */
export interface TimeGrid {
  readonly startMs: number;
  readonly endMs: number;
  readonly periodMs: number;
}

/** A metric's data by period and unit. */
export type PeriodData = ReadonlyMap<number, ReadonlyMap<string, Distribution>>;

/** The grid that AWS makes of a request: the start goes down to a whole period, at most to a whole minute. */
export function gridOf(startMs: number, endMs: number, periodSeconds: number): TimeGrid {
  const periodMs = periodSeconds * 1000;
  const step = Math.min(periodMs, 60_000);
  return { startMs: startMs - (startMs % step), endMs, periodMs };
}

/** Reads a metric over a grid. */
export function readSeries(store: MetricStore, metric: MetricId, grid: TimeGrid): PeriodData {
  const { startMs, endMs, periodMs } = grid;
  const stored = store.read(metric, startMs, endMs);
  if (!stored) return new Map();
  const periodOf = (atMs: number) => startMs + Math.floor((atMs - startMs) / periodMs) * periodMs;
  const values = Map.groupBy(stored.values, (one) => periodOf(one.atMs));
  const sets = Map.groupBy(stored.sets, (one) => periodOf(one.atMs));
  const series = new Map<number, Map<string, Distribution>>();
  for (const atMs of new Set([...values.keys(), ...sets.keys()])) {
    const byUnit = new Map<string, Distribution>();
    const own = Map.groupBy(values.get(atMs) ?? [], (one) => one.unit);
    const ownSets = Map.groupBy(sets.get(atMs) ?? [], (one) => one.unit);
    for (const unit of new Set([...own.keys(), ...ownSets.keys()]))
      byUnit.set(unit, distributionOf(own.get(unit) ?? [], ownSets.get(unit) ?? []));
    series.set(atMs, byUnit);
  }
  return series;
}

/** The units that occur, in their order. */
export function unitsOf(series: PeriodData): string[] {
  const units = new Set<string>();
  for (const byUnit of series.values()) for (const unit of byUnit.keys()) units.add(unit);
  return [...units].toSorted();
}
