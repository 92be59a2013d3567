import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { escapeControls } from "../../util/escape-controls.ts";

/** A process that listens on a port. */
export interface PortOwner {
  readonly pid: number;
  readonly command: string;
}

const LONGEST_COMMAND = 160;

/** Who listens on a loopback port, as far as this user may see it. */
export function tryFindPortOwner(port: number): PortOwner | undefined {
  try {
    const pid = process.platform === "linux" ? findByProc(port) : findByLsof(port);
    return pid === undefined ? undefined : { pid, command: readCommand(pid) };
  } catch {
    return undefined;
  }
}

/** The listening socket's inode is in `/proc/net/tcp`, its owner among the links of `/proc/<pid>/fd`. */
function findByProc(port: number): number | undefined {
  const inodes = new Set(["tcp", "tcp6"].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name) && openSockets(name).some((inode) => inodes.has(inode))) return Number(name);
  }
  return undefined;
}

function listeningInodes(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const [, ...rows] = readFileSync(`/proc/net/${table}`, "latin1").trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => local!.endsWith(wanted) && state === "0A")
    .map((fields) => fields[9]!);
}

function openSockets(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(tryReadLink(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    return [];
  }
}

function tryReadLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function findByLsof(port: number): number | undefined {
  const listed = execFileSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const pid = Number.parseInt(listed, 10);
  return Number.isNaN(pid) ? undefined : pid;
}

function readCommand(pid: number): string {
  const command =
    process.platform === "linux"
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
      : execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  const shown = escapeControls(command.trim());
  return shown.length > LONGEST_COMMAND ? `${shown.slice(0, LONGEST_COMMAND)}…` : shown;
}
