const UNITS = [
  { ms: 86_400_000, name: "d" },
  { ms: 3_600_000, name: "h" },
  { ms: 60_000, name: "min" },
  { ms: 1000, name: "s" },
] as const;

/** A duration in milliseconds in its two largest units, for example `1 h 5 min`, `40 s`, `350 ms`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.max(0, Math.round(durationMs))} ms`;
  const largest = UNITS.findIndex(({ ms }) => durationMs >= ms);
  let restMs = Math.round(durationMs / 1000) * 1000;
  const parts: string[] = [];
  for (const { ms, name } of UNITS.slice(largest, largest + 2)) {
    const count = Math.floor(restMs / ms);
    if (count > 0) parts.push(`${count} ${name}`);
    restMs -= count * ms;
  }
  return parts.join(" ");
}
