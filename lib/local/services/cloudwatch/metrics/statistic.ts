import type { Distribution } from "./distribution.ts";

/** Computes a statistic of a period's data; undefined where the data cannot tell. */
export type Statistic = (data: Distribution) => number | undefined;

const SIMPLE = new Map<string, Statistic>([
  ["SampleCount", (data) => data.count],
  ["Sum", (data) => data.sum],
  ["Average", (data) => (data.count === 0 ? undefined : data.sum / data.count)],
  ["Minimum", (data) => data.min],
  ["Maximum", (data) => data.max],
  ["IQM", (data) => meanOf(between(data, { low: 25, high: 75, percent: true }))],
]);

/** The five statistics of GetMetricStatistics and of alarms' `Statistic`. */
export const SIMPLE_STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] as const;

/**
 * A statistic by its name, undefined for one that AWS does not know: the five simple ones, `p99`, `tm90`, `TM(10%:90%)`,
 * `TC`, `TS`, `WM`, `PR(100:2000)`, `IQM`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function readStatistic(name: string): Statistic | undefined {
  const simple = SIMPLE.get(name);
  if (simple) return simple;
  const short = /^(p|tm|tc|ts|wm)(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name);
  if (short) return ranged(short[1]!, { low: 0, high: Number(short[2]), percent: true });
  const long = /^(TM|TC|TS|WM|PR)\(([\d.]*)(%?):([\d.]*)(%?)\)$/.exec(name);
  if (!long) return undefined;
  const [, kind, low, lowPercent, high, highPercent] = long as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const percent = lowPercent === "%" || highPercent === "%";
  if ((low === "" && high === "") || (percent && kind === "PR")) return undefined;
  const bounds = { low: low === "" ? -Infinity : Number(low), high: high === "" ? Infinity : Number(high), percent };
  if (Number.isNaN(bounds.low) || Number.isNaN(bounds.high)) return undefined;
  return ranged(kind.toLowerCase(), bounds);
}

/** Which part of the data counts: values between two bounds, or the part of the samples between two percentages. */
interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly percent: boolean;
}

function ranged(kind: string, bounds: Bounds): Statistic {
  return (data) => {
    if (data.opaque || data.count === 0) return undefined;
    if (kind === "p") return percentile(data, bounds.high);
    if (kind === "wm") return winsorized(data, bounds);
    const part = between(data, bounds);
    const count = part.reduce((sum, [, one]) => sum + one, 0);
    if (kind === "tc") return count;
    if (kind === "pr") return (100 * count) / data.count;
    return kind === "ts" ? part.reduce((sum, [value, one]) => sum + value * one, 0) : meanOf(part);
  };
}

/** The smallest value that at least `percent` of the samples do not exceed. */
function percentile(data: Distribution, percent: number): number {
  const wanted = (percent / 100) * data.count;
  let seen = 0;
  for (const [value, count] of data.values) {
    seen += count;
    // A hair of tolerance: 0.95 * 20 is not 19 in binary.
    if (seen >= wanted - 1e-9) return value;
  }
  return data.max;
}

function between(data: Distribution, { low, high, percent }: Bounds): [number, number][] {
  // `TM(150:1000)` leaves out what is lower than or equal to 150, or higher than 1000.
  if (!percent)
    return data.values.filter(([value]) => value > low && value <= high).map(([value, count]) => [value, count]);
  const from = (Math.max(0, low) / 100) * data.count;
  const to = (Math.min(100, high) / 100) * data.count;
  const part: [number, number][] = [];
  let seen = 0;
  for (const [value, count] of data.values) {
    const taken = Math.min(to, seen + count) - Math.max(from, seen);
    if (taken > 1e-9) part.push([value, taken]);
    seen += count;
  }
  return part;
}

/** The mean, where values outside the bounds count as the bound itself. */
function winsorized(data: Distribution, bounds: Bounds): number | undefined {
  const inside = between(data, bounds);
  if (inside.length === 0) return undefined;
  const [low, high] = [inside[0]![0], inside.at(-1)![0]];
  return meanOf(data.values.map(([value, count]) => [Math.min(high, Math.max(low, value)), count]));
}

function meanOf(part: readonly (readonly [number, number])[]): number | undefined {
  let [count, sum] = [0, 0];
  for (const [value, one] of part) {
    count += one;
    sum += value * one;
  }
  return count === 0 ? undefined : sum / count;
}
