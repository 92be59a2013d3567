import { spawn, type ChildProcess } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

/** The variable that every process of an instance carries, however far it strays from its group. */
export const INSTANCE_MARK = "_TIDEGATE_INSTANCE";

/**
 * Outlives the cloud by a moment: when its standard input closes, because the cloud ended (for any reason, `kill -9`
 * too), it kills every group that was registered with it, and on Linux every process that still carries the cloud's
 * mark.
 */
const SCRIPT = `
trap '' INT TERM HUP
groups=
while read -r verb group; do
  case $verb in
    add) groups="$groups $group" ;;
    remove) kept=; for g in $groups; do [ "$g" = "$group" ] || kept="$kept $g"; done; groups=$kept ;;
  esac
done
for g in $groups; do kill -9 -- "-$g" 2>/dev/null; done
for e in /proc/[0-9]*/environ; do
  if grep -qsF -- "${INSTANCE_MARK}=$1." "$e"; then p=\${e#/proc/}; kill -9 "\${p%/environ}" 2>/dev/null; fi
done
exit 0
`;

/** Sees to it that no child process outlives the cloud. */
export class Supervisor {
  /** Distinguishes this cloud's processes from another's. */
  readonly cloudMark: string;
  readonly #groups = new Set<number>();
  #process: ChildProcess | undefined;
  #stopped = false;
  #marks = 0;

  constructor(cloudMark: string) {
    this.cloudMark = cloudMark;
  }

  /** A mark that no other process group of this cloud has. */
  nextMark(): string {
    return `${this.cloudMark}.${++this.#marks}`;
  }

  add(group: number): void {
    this.#groups.add(group);
    if (this.#process === undefined) this.#start();
    else this.#tell("add", group);
  }

  remove(group: number): void {
    if (this.#groups.delete(group)) this.#tell("remove", group);
  }

  stop(): void {
    this.#stopped = true;
    this.#process?.stdin?.end();
  }

  #start(): void {
    const child = spawn("/bin/sh", ["-c", SCRIPT, "tidegate-supervisor", this.cloudMark], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    });
    this.#process = child;
    child.stdin.on("error", () => undefined);
    child.on("error", () => undefined);
    child.once("exit", () => {
      this.#process = undefined;
      if (!this.#stopped && this.#groups.size > 0) this.#start();
    });
    child.unref();
    (child.stdin as unknown as { unref(): void }).unref();
    for (const group of this.#groups) this.#tell("add", group);
  }

  #tell(verb: string, group: number): void {
    this.#process?.stdin?.write(`${verb} ${group}\n`);
  }
}

/** Kills a process group at once, then every process that left it but still carries the instance's mark (Linux). */
export function killGroup(group: number, instanceMark: string): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // Already gone.
  }
  if (process.platform === "linux") void killStrays(instanceMark).catch(() => undefined);
}

async function killStrays(instanceMark: string): Promise<void> {
  const needle = `${INSTANCE_MARK}=${instanceMark}\0`;
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
    if (!environment.includes(needle)) continue;
    try {
      process.kill(Number(name), "SIGKILL");
    } catch {
      // Gone meanwhile.
    }
  }
}
