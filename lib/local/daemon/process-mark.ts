import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Distinguishes a process from a later one with the same number: its start time, in the system's own format. Undefined
 * when there is no such process, or none that may be seen.
 */
export function tryReadProcessMark(pid: number): string | undefined {
  if (process.platform === "linux") return tryReadLinuxMark(pid);
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { PATH: "/bin:/usr/bin", LC_ALL: "C" },
    });
    return started.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** `/proc/<pid>/stat`: the 22nd field is the start in ticks since boot; the 3rd, `Z`, says that it is dead already. */
function tryReadLinuxMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
