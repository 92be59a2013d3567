import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What running a program cost, with all processes that it started. */
export interface Cost {
  readonly seconds: number;
  /** User and system time. */
  readonly cpuSeconds: number;
  /** Resident memory of all its processes at the worst moment, in MiB. */
  readonly peakMiB: number;
}

/** A program to measure. */
export interface Program {
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const SAMPLE_EVERY_MS = 10;
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** Runs a script of Node.js and watches the tree of its processes. Throws with its output where it fails. */
export async function measure({ arguments: given, folder, environment }: Program): Promise<Cost> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, given, { cwd: folder, env: { ...process.env, ...environment } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const usage = new TreeUsage(child.pid!);
  const timer = setInterval(() => usage.sample(), SAMPLE_EVERY_MS);
  const code = await new Promise((resolve) => child.once("close", resolve));
  const seconds = (performance.now() - startedMs) / 1000;
  clearInterval(timer);
  if (code !== 0) throw new Error(`${given.join(" ")} ended with ${String(code)}:\n${output.slice(-4000)}`);
  return { seconds, cpuSeconds: usage.cpuSeconds, peakMiB: usage.peakMiB };
}

/** The median by wall time of some runs. */
export async function medianOf(runs: number, run: (round: number) => Promise<Cost>): Promise<Cost> {
  const costs: Cost[] = [];
  for (let round = 0; round < runs; round++) costs.push(await run(round));
  costs.sort((a, b) => a.seconds - b.seconds);
  return costs[Math.floor(costs.length / 2)]!;
}

class TreeUsage {
  peakMiB = 0;
  readonly #root: number;
  readonly #ticks = new Map<number, number>();

  constructor(root: number) {
    this.#root = root;
  }

  /** What was seen of each process when it was last seen: processes that outlive their parent's waiting count too. */
  get cpuSeconds(): number {
    return [...this.#ticks.values()].reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
  }

  sample(): void {
    let pages = 0;
    for (const pid of descendants(this.#root)) {
      const stat = tryRead(`/proc/${pid}/stat`);
      if (stat === undefined) continue;
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      this.#ticks.set(pid, Number(fields[11]) + Number(fields[12]));
      pages += Number(fields[21]);
    }
    this.peakMiB = Math.max(this.peakMiB, (pages * PAGE_BYTES) / 2 ** 20);
  }
}

function descendants(root: number): number[] {
  const found = [root];
  for (const pid of found) {
    const children = tryRead(`/proc/${pid}/task/${pid}/children`)?.trim();
    if (children !== undefined && children !== "") found.push(...children.split(" ").map(Number));
  }
  return found;
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
