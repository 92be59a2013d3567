import { readFileSync } from "node:fs";

/** What a process and its children hold, in bytes. */
export interface MemoryUse {
  /** All resident pages: the "Max Memory Used" of a REPORT line. */
  readonly residentBytes: number;
  /** Pages that no file backs: what counts against the limit, as shared pages of the runtime itself do not on AWS. */
  readonly privateBytes: number;
  readonly processes: number;
}

/** Reads what the process and its descendants hold, or undefined where the system does not tell (not Linux, or gone). */
export function tryReadMemoryUse(pid: number, depth = 8): MemoryUse | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    let residentBytes = kilobytes(status, "VmRSS");
    let privateBytes = kilobytes(status, "RssAnon") + kilobytes(status, "RssShmem");
    let processes = 1;
    for (const child of depth > 0 ? childrenOf(pid) : []) {
      const use = tryReadMemoryUse(child, depth - 1);
      residentBytes += use?.residentBytes ?? 0;
      privateBytes += use?.privateBytes ?? 0;
      processes += use?.processes ?? 0;
    }
    return { residentBytes, privateBytes, processes };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function kilobytes(status: string, field: string): number {
  const at = status.indexOf(`${field}:`);
  return at < 0 ? 0 : Number.parseInt(status.slice(at + field.length + 1), 10) * 1024;
}
