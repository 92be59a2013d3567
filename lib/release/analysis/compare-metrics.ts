import type { MetricComparison } from "../../assembly/release-metadata.ts";
import type { MeasuredMetric, MeasuredMinute } from "../ports/ports.ts";
import { testAmounts, testMinutes } from "./amount-test.ts";
import type { SequentialResult } from "./sequential-test.ts";

/** One version's part of a comparison. */
export interface ComparedValue {
  /** Undefined: no data. */
  readonly value?: number;
  /** Over how many invocations, observations, requests or minutes. */
  readonly count: number;
}

/** How a metric of the app compares. */
export interface ComparedMetric extends SequentialResult {
  readonly name: string;
  readonly basis: MeasuredMetric["basis"];
  readonly next: ComparedValue;
  readonly stable: ComparedValue;
  readonly threshold?: number;
  readonly gap?: string;
  readonly problem?: string;
  /** What is said where the new version is found worse. */
  readonly finding: string;
}

/** Compares one metric of both versions over the minutes that are given. */
export function compareMetric(comparison: MetricComparison, measured: MeasuredMetric): ComparedMetric {
  const { basis, threshold, gap, problem } = measured;
  const next = valueOf(measured, "next");
  const stable = valueOf(measured, "stable");
  return {
    name: comparison.name,
    basis,
    next,
    stable,
    ...(threshold === undefined ? {} : { threshold }),
    ...(gap === undefined ? {} : { gap }),
    ...(problem === undefined ? {} : { problem }),
    finding: describeFinding(comparison, measured, next, stable),
    ...test(comparison, measured),
  };
}

/** What is counted beyond a threshold is always worse in greater numbers; else it depends on the direction. */
function test({ direction, tolerance }: MetricComparison, measured: MeasuredMetric): SequentialResult {
  const { basis, next, stable, threshold } = measured;
  const isLowerBetter = direction === "lower-is-better";
  if (basis === "minutes") return testMinutes(beyondTolerance(measured, isLowerBetter, tolerance));
  if (threshold !== undefined) return testAmounts(next, stable, 1);
  return isLowerBetter ? testAmounts(next, stable, 1 + tolerance) : testAmounts(stable, next, 1 / (1 - tolerance));
}

function beyondTolerance({ next, stable }: MeasuredMetric, isLowerBetter: boolean, tolerance: number): boolean[] {
  const byMinute = new Map(stable.map((minute) => [minute.at, minute]));
  return next.flatMap((minute) => {
    const other = byMinute.get(minute.at);
    if (other === undefined) return [];
    const margin = tolerance * Math.abs(other.amount);
    return [isLowerBetter ? minute.amount > other.amount + margin : minute.amount < other.amount - margin];
  });
}

function valueOf(measured: MeasuredMetric, side: "next" | "stable"): ComparedValue {
  const units = sum(measured[side], ({ units: one }) => one);
  const statistic = side === "next" ? measured.nextValue : measured.stableValue;
  const total = sum(measured[side], ({ amount }) => amount) * (measured.factor ?? 1);
  const value = statistic ?? (units === 0 ? undefined : total / units);
  return { count: Math.round(units), ...(value === undefined ? {} : { value }) };
}

function describeFinding(
  { name, direction, tolerance }: MetricComparison,
  measured: MeasuredMetric,
  next: ComparedValue,
  stable: ComparedValue,
): string {
  const isLowerBetter = direction === "lower-is-better";
  const counts = `over ${whole(next.count)} and ${whole(stable.count)} ${measured.basis}`;
  const values = `${figure(next.value)} against ${figure(stable.value)} of the stable version`;
  const beyond =
    measured.threshold === undefined
      ? ""
      : `; ${share(measured.next)} against ${share(measured.stable)} are ${isLowerBetter ? "above" : "below"} ${figure(measured.threshold)}, by the stable version's hour before the release`;
  const tolerated = tolerance === 0 ? "" : `, with a tolerance of ${percent(tolerance)}`;
  return `${name} is ${isLowerBetter ? "higher" : "lower"} on the new version: ${values}, ${counts}${tolerated}${beyond}`;
}

/** The values of both versions, and over how much. */
export function describeCompared({ name, basis, next, stable, gap }: ComparedMetric): string {
  if (gap !== undefined) return `${name}: ${gap}`;
  const values = `${figure(next.value)} against ${figure(stable.value)}`;
  return `${name}: ${values} over ${whole(next.count)} and ${whole(stable.count)} ${basis}`;
}

function share(minutes: readonly MeasuredMinute[]): string {
  const units = sum(minutes, ({ units: one }) => one);
  return units === 0 ? "none" : percent(sum(minutes, ({ amount }) => amount) / units);
}

function sum(minutes: readonly MeasuredMinute[], read: (minute: MeasuredMinute) => number): number {
  return minutes.reduce((total, minute) => total + read(minute), 0);
}

function figure(value: number | undefined): string {
  return value === undefined ? "no data" : String(Number(value.toPrecision(4)));
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(3))} %`;
}

function whole(count: number): string {
  return new Intl.NumberFormat("en-US").format(count);
}
