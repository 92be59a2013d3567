import { MathError } from "./math-error.ts";
import { overSeries, periodsOf, type MathValue, type TimeSeries } from "./math-value.ts";

/** `FILL(m1, 0)`, `FILL(m1, m2)`, `FILL(m1, REPEAT)`, `FILL(m1, LINEAR)`: a value for each period without one. */
export function fill(args: readonly MathValue[]): MathValue {
  const [value, filler] = args;
  if (!value || !filler) throw new MathError("FILL needs a time series and what to fill it with");
  return overSeries(value, "FILL's first argument", (one) => {
    if (filler.kind === "scalar") return filled(one, () => filler.value);
    if (filler.kind === "series") return filled(one, (atMs) => filler.series.points.get(atMs));
    if (filler.kind === "text" && filler.text === "REPEAT") return repeated(one);
    if (filler.kind === "text" && filler.text === "LINEAR") return interpolated(one);
    throw new MathError("FILL takes a number, a time series, REPEAT or LINEAR");
  });
}

function filled(one: TimeSeries, missing: (atMs: number) => number | undefined): TimeSeries {
  const points = new Map<number, number>();
  for (const atMs of periodsOf(one.grid)) {
    const value = one.points.get(atMs) ?? missing(atMs);
    if (value !== undefined) points.set(atMs, value);
  }
  return { ...one, points };
}

/** The last value before the gap. */
function repeated(one: TimeSeries): TimeSeries {
  let last: number | undefined;
  const points = new Map<number, number>();
  for (const atMs of periodsOf(one.grid)) {
    last = one.points.get(atMs) ?? last;
    if (last !== undefined) points.set(atMs, last);
  }
  return { ...one, points };
}

/** A straight line over the gap; before the first and after the last value there is none. */
function interpolated(one: TimeSeries): TimeSeries {
  const known = [...one.points].toSorted(([a], [b]) => a - b);
  let next = 0;
  return filled(one, (atMs) => {
    while (next < known.length && known[next]![0] < atMs) next++;
    const [before, after] = [known[next - 1], known[next]];
    if (!before || !after) return undefined;
    return before[1] + ((after[1] - before[1]) * (atMs - before[0])) / (after[0] - before[0]);
  });
}
