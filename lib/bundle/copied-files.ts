import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, posix, relative, sep } from "node:path";
import { UserError } from "../errors.ts";
import type { CopiedPath } from "./bundle-request.ts";
import { contentHash, type ZipEntry } from "./zip.ts";

/**
 * The files that are copied into a package. Folders are walked. A symbolic link is replaced by its target, which must
 * be in the same folder. Throws a `UserError` for a path that is missing, leads out of the folder, or has a name
 * outside the package.
 */
export function readCopiedFiles(copied: readonly CopiedPath[]): ZipEntry[] {
  return copied.flatMap(({ from, to }) => {
    checkName(to);
    if (!existsSync(from)) {
      throw new UserError("CopiedFileMissing", `bundling.copy: there is no ${from} to be copied to '${to}'`);
    }
    return statSync(from).isDirectory() ? readFolder(from, to) : [readEntry(from, to)];
  });
}

/** One hash for everything that is copied, or `absent` where it cannot be read. */
export function hashCopiedFiles(copied: readonly CopiedPath[]): string {
  try {
    return contentHash(readCopiedFiles(copied));
  } catch {
    return "absent";
  }
}

function checkName(to: string): void {
  const name = posix.normalize(to);
  if (!posix.isAbsolute(name) && name !== ".." && !name.startsWith("../") && !name.includes("\\")) return;
  throw new UserError("CopiedNameEscapes", `bundling.copy: '${to}' is outside of the package`, {
    fix: "Name a path in the package, with forward slashes, such as 'data/rates.json'.",
  });
}

function readFolder(folder: string, to: string): ZipEntry[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink()) checkLink(path, folder);
      return readEntry(path, relative(folder, path).replaceAll(sep, "/"), to);
    });
}

function checkLink(path: string, folder: string): void {
  const target = existsSync(path) ? realpathSync(path) : "nowhere";
  const way = relative(realpathSync(folder), target);
  const isInside = target !== "nowhere" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  if (isInside && statSync(target).isFile()) return;
  throw new UserError("CopiedLinkEscapes", `bundling.copy: the link ${path} leads to ${target}`, {
    fix: `Only links to files in ${folder} itself can be copied: copy the file, or name it in 'bundling.copy'.`,
  });
}

function readEntry(path: string, name: string, folder = ""): ZipEntry {
  return {
    name: posix.join(folder, name),
    content: readFileSync(path),
    executable: (statSync(path).mode & 0o111) !== 0,
  };
}
