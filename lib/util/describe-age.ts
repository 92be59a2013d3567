/** An hour in milliseconds. */
export const HOUR_MS = 60 * 60_000;

const UNITS = [
  ["d", 24 * HOUR_MS],
  ["h", HOUR_MS],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** A span of milliseconds for people, in its largest whole unit: `3 h`. */
export function describeAge(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms >= one) ?? UNITS[3];
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`;
}
