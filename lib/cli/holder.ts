import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { tryReadProcessMark } from "../local/daemon/process-mark.ts";

/** A name for this process in the release's lock by which its own machine can tell later whether it still lives. */
export function nameHolder(): string {
  return [tryNameMachine() ?? hostname(), process.pid, tryReadProcessMark(process.pid) ?? "", randomUUID()].join("/");
}

/** Whether the process of that name is known to be dead. One of another machine never is. */
export function isHolderGone(holder: string): boolean {
  const [machine, pid, mark] = holder.split("/");
  if (machine !== tryNameMachine() || mark === undefined || mark === "") return false;
  return tryReadProcessMark(Number(pid)) !== mark;
}

/**
 * Identifies the numbering that a process id belongs to: the host, its boot, and the container's PID namespace.
 * Undefined where the system does not expose these; there a dead deployer's lease must expire first.
 */
function tryNameMachine(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const numbering = readlinkSync("/proc/self/ns/pid").replaceAll(/\D/g, "");
    return `${hostname()}.${boot}.${numbering}`;
  } catch {
    return undefined;
  }
}
