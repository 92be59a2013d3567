import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const ATTEMPTS = 20;

/** A name beside a folder for what is to take its place: on the same file system, so that renaming is one step. */
export function stagingName(folder: string): string {
  return `${folder}.new-${randomUUID()}`;
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

/** Tidies up after a run that was killed: an old folder without a successor comes back, the rest goes. */
export function recoverFolder(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  const prefix = `${basename(folder)}.old-`;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    if (existsSync(folder)) rmSync(join(parent, name), { recursive: true, force: true });
    else renameSync(join(parent, name), folder);
  }
}

function moveAside(folder: string, old: string): void {
  try {
    renameSync(folder, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
