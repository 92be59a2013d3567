import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CopiedPath } from "./bundle-request.ts";
import { contentHash, type ZipEntry } from "./zip.ts";

/** The files that are copied into a package: folders are walked, links to files followed, links to folders refused by the walk. */
export function readCopiedFiles(copied: readonly CopiedPath[]): ZipEntry[] {
  return copied.flatMap(({ from, to }) =>
    statSync(from).isDirectory() ? readFolder(from, to) : [readEntry(from, to)],
  );
}

/** One hash for everything that is copied, or `absent` where something is missing. */
export function hashCopiedFiles(copied: readonly CopiedPath[]): string {
  try {
    return contentHash(readCopiedFiles(copied));
  } catch {
    return "absent";
  }
}

function readFolder(folder: string, to: string): ZipEntry[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return readEntry(path, join(to, path.slice(folder.length)).replaceAll("\\", "/"));
    });
}

function readEntry(path: string, name: string): ZipEntry {
  return { name, content: readFileSync(path), executable: (statSync(path).mode & 0o111) !== 0 };
}
