import type { TimeGrid } from "../metrics/metric-series.ts";
import { MathError } from "./math-error.ts";

/** Values by the start of their period. */
export interface TimeSeries {
  readonly label: string;
  readonly grid: TimeGrid;
  readonly points: ReadonlyMap<number, number>;
}

/** What an expression can be worth: a number, a time series, or a list of them. */
export type MathValue =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "series"; readonly series: TimeSeries }
  | { readonly kind: "list"; readonly list: readonly TimeSeries[] }
  | { readonly kind: "text"; readonly text: string };

/** A number as a value of metric math. */
export const scalar = (value: number): MathValue => ({ kind: "scalar", value });
/** One time series as a value of metric math. */
export const series = (one: TimeSeries): MathValue => ({ kind: "series", series: one });
/** An array of time series as a value of metric math. */
export const list = (all: readonly TimeSeries[]): MathValue => ({ kind: "list", list: all });

/** The number that a function needs. A `ValidationError` that names `what` for any other value. */
export function scalarOf(value: MathValue, what: string): number {
  if (value.kind !== "scalar") throw new MathError(`${what} must be a number`);
  return value.value;
}

/** The time series that a function needs. A `ValidationError` that names `what` for any other value. */
export function seriesOf(value: MathValue, what: string): TimeSeries {
  if (value.kind !== "series") throw new MathError(`${what} must be a time series`);
  return value.series;
}

/** The same series with other points; undefined drops a point. */
export function mapPoints(one: TimeSeries, change: (value: number, atMs: number) => number | undefined): TimeSeries {
  const points = new Map<number, number>();
  for (const [atMs, value] of inOrder(one)) {
    const changed = change(value, atMs);
    if (changed !== undefined && Number.isFinite(changed)) points.set(atMs, changed);
  }
  return { ...one, points };
}

/** The points by time. */
export function inOrder(one: TimeSeries): [atMs: number, value: number][] {
  return [...one.points].toSorted(([a], [b]) => a - b);
}

/** Applies a change to a series or to each of a list. */
export function overSeries(value: MathValue, what: string, change: (one: TimeSeries) => TimeSeries): MathValue {
  if (value.kind === "list") return list(value.list.map(change));
  return series(change(seriesOf(value, what)));
}

/** Starts of all periods of a grid. */
export function* periodsOf({ startMs, endMs, periodMs }: TimeGrid): Iterable<number> {
  for (let atMs = startMs; atMs < endMs; atMs += periodMs) yield atMs;
}
