import type { Cost } from "./measure.ts";

/** What a bench found, as the words after its name. */
export type BenchResult = string;

/** Measures something. `scratch` is a folder of its own, `runs` how often to measure for a median. */
export type Bench = (scratch: string, runs: number) => Promise<BenchResult>;

/** Says what ours cost, what the other cost, and how many times as much that is. */
export function compare(ours: Cost, peer: Cost): BenchResult {
  const ratio = peer.seconds / ours.seconds;
  return `ours ${render(ours)}, peer ${render(peer)}, ratio ${ratio.toFixed(ratio < 10 ? 2 : 1)}`;
}

function render({ seconds, cpuSeconds, peakMiB }: Cost): string {
  return `${seconds.toFixed(2)} s (cpu ${cpuSeconds.toFixed(2)} s, ${Math.round(peakMiB)} MiB)`;
}
