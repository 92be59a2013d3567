import type { StoredBucket, StoredSet } from "./metric-store.ts";

/** The data of one period: the values with their counts in rising order, and what is known as statistics only. */
export interface Distribution {
  /** In rising order of values. */
  readonly values: readonly (readonly [value: number, count: number])[];
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Part of the data came as statistic sets: its distribution between their minimum and maximum is unknown. */
  readonly opaque: boolean;
}

/** Merges what was kept of a period. */
export function distributionOf(buckets: readonly StoredBucket[], sets: readonly StoredSet[]): Distribution {
  const counts = new Map<number, number>();
  let [count, sum, min, max] = [0, 0, Infinity, -Infinity];
  for (const bucket of buckets) {
    counts.set(bucket.value, (counts.get(bucket.value) ?? 0) + bucket.count);
    count += bucket.count;
    sum += bucket.value * bucket.count;
    min = Math.min(min, bucket.value);
    max = Math.max(max, bucket.value);
  }
  for (const set of sets) {
    count += set.count;
    sum += set.sum;
    min = Math.min(min, set.min);
    max = Math.max(max, set.max);
  }
  return { values: [...counts].toSorted(([a], [b]) => a - b), count, sum, min, max, opaque: sets.length > 0 };
}
