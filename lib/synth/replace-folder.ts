import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const ATTEMPTS = 20;

/** A name beside a folder for what is to take its place: on the same file system, so that renaming is one step. */
export function stagingName(folder: string): string {
  return `${folder}.new-${process.pid}-${randomUUID()}`;
}

/**
 * Puts a finished folder in another's place: readers see the old one or the new one, never a mixture. Of two at once
 * the later wins.
 */
export function replaceFolder(finished: string, folder: string): void {
  const old = `${folder}.old-${randomUUID()}`;
  for (let attempt = 1; ; attempt++) {
    moveAside(folder, old);
    try {
      renameSync(finished, folder);
      break;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (attempt === ATTEMPTS || (code !== "ENOTEMPTY" && code !== "EEXIST")) throw error;
      rmSync(old, { recursive: true, force: true });
    }
  }
  rmSync(old, { recursive: true, force: true });
}

/**
 * Tidies up after runs that were killed: an old folder without a successor comes back, the rest and what was never
 * finished goes.
 */
export function recoverFolder(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  const name = basename(folder);
  for (const entry of readdirSync(parent)) {
    const path = join(parent, entry);
    if (entry.startsWith(`${name}.old-`)) {
      if (existsSync(folder)) rmSync(path, { recursive: true, force: true });
      else renameSync(path, folder);
    } else if (entry.startsWith(`${name}.new-`) && !isRunning(Number(/\.new-(\d+)-/.exec(entry)?.[1]))) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return Number.isInteger(pid) && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function moveAside(folder: string, old: string): void {
  try {
    renameSync(folder, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
