import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** Where a function's code starts, or why it cannot be found. */
export type EntryFile = { readonly path: string } | { readonly problem: string };

const EXTENSIONS = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];
const ROOT_MARKERS = [".git", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];

/**
 * Finds an entry file: relative to the project's folder, with or without its extension, or the `index` of a folder.
 * It must be in the project's tree (the nearest folder with a lock file or a repository), and no link may leave it.
 */
export function findEntryFile(entry: string, projectFolder: string): EntryFile {
  const root = treeRoot(projectFolder);
  const wanted = resolve(projectFolder, entry);
  if (!isInside(root, wanted)) return outside(entry, wanted, root);
  const tried = candidates(wanted);
  const path = tried.find(isFile);
  if (path === undefined) {
    const shown = tried.map((candidate) => relative(projectFolder, candidate)).join(", ");
    return { problem: `entry: no file '${entry}'. Tried ${shown}. Paths are relative to ${projectFolder}.` };
  }
  const real = realpathSync(path);
  return isInside(realpathSync(root), real) ? { path } : outside(entry, real, root);
}

function outside(entry: string, path: string, root: string): EntryFile {
  return {
    problem: `entry: '${entry}' leads to ${path}, outside of the project's tree ${root}. Move the file into the tree.`,
  };
}

function candidates(path: string): string[] {
  const withExtension = EXTENSIONS.map((extension) => `${path}${extension}`);
  const indexes = EXTENSIONS.map((extension) => join(path, `index${extension}`));
  return EXTENSIONS.includes(extname(path)) ? [path, ...withExtension] : [...withExtension, ...indexes];
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function treeRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (ROOT_MARKERS.some((marker) => existsSync(join(at, marker)))) return at;
    if (dirname(at) === at) return folder;
  }
}
