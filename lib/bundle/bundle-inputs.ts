import type { BundleInputs } from "./inputs-are-current.ts";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Metafile } from "esbuild";
import type { BundleOptions } from "./bundle-request.ts";
import { hashCopiedFiles } from "./copied-files.ts";
import type { FileHashes } from "./file-hashes.ts";

const INSTALL_MARKERS = [
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-state.yml",
];
const EXTENDS = /"extends"\s*:\s*(?:"([^"]+)"|\[([^\]]*)\])/;

/**
 * Everything that decided over a package: the files that were read, the `package.json` and `tsconfig.json` on their
 * way up, what the package manager installed, and the neighbours that could have been resolved instead.
 */
export function collectInputs(
  options: Pick<BundleOptions, "copy" | "tsconfig">,
  entryInput: string,
  metafile: Metafile,
  projectFolder: string,
  hashes: FileHashes,
): BundleInputs {
  const deciding = decidingFiles(options, entryInput, metafile, projectFolder, hashes);
  const all = new Set(reachableInputs(entryInput, metafile).map((path) => dirname(path)));
  const folders = [...all].filter((folder) => !isInstalled(folder));
  return {
    files: hashed(deciding, (path) => hashes.file(join(projectFolder, path))),
    listings: hashed(folders, (path) => hashes.listing(join(projectFolder, path))),
    copied: options.copy.length === 0 ? "" : hashCopiedFiles(options.copy),
  };
}

/** The files that decide over a package, relative to the project's folder; some may not exist. Hashes none of them. */
export function decidingFiles(
  options: Pick<BundleOptions, "tsconfig">,
  entryInput: string,
  metafile: Metafile,
  projectFolder: string,
  hashes: FileHashes,
): string[] {
  const sources = reachableInputs(entryInput, metafile);
  const deciding = new Set(sources);
  for (const folder of new Set(sources.map((path) => dirname(path))))
    for (const path of hashes.settings(folder, () => settingsOf(folder, projectFolder))) deciding.add(path);
  if (options.tsconfig !== undefined) {
    for (const path of tsconfigChain(options.tsconfig)) deciding.add(relative(projectFolder, path));
  }
  return [...deciding];
}

function reachableInputs(entryInput: string, metafile: Metafile): string[] {
  const reached = new Set([entryInput]);
  for (const path of reached) {
    for (const imported of metafile.inputs[path]?.imports ?? []) {
      if (imported.external !== true && metafile.inputs[imported.path] !== undefined) reached.add(imported.path);
    }
  }
  return [...reached];
}

function settingsOf(sourceFolder: string, projectFolder: string): string[] {
  const settings: string[] = [];
  const installed = isInstalled(sourceFolder);
  for (let folder = sourceFolder; ; folder = join(folder, "..")) {
    settings.push(join(folder, "package.json"));
    if (!installed) {
      const tsconfig = join(projectFolder, folder, "tsconfig.json");
      for (const file of tsconfigChain(tsconfig)) settings.push(relative(projectFolder, file));
      settings.push(...INSTALL_MARKERS.map((marker) => join(folder, marker)));
    }
    if (folder === "." || folder.split(sep).every((part) => part === "..") || folder.endsWith("node_modules")) {
      return settings;
    }
  }
}

function isInstalled(path: string): boolean {
  return path.split(sep).includes("node_modules");
}

function tsconfigChain(path: string, seen: Set<string> = new Set()): string[] {
  if (seen.has(path)) return [...seen];
  seen.add(path);
  if (existsSync(path)) for (const base of extendedBy(path)) tsconfigChain(base, seen);
  return [...seen];
}

function extendedBy(path: string): string[] {
  const found = EXTENDS.exec(readFileSync(path, "utf8"));
  if (found === null) return [];
  const names =
    found[1] === undefined ? [...(found[2] ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "") : [found[1]];
  return names.flatMap((name) => locateBase(name, path));
}

function locateBase(name: string, from: string): string[] {
  if (name.startsWith(".") || name.startsWith("/")) {
    const path = resolve(dirname(from), name);
    return [existsSync(path) ? path : `${path}.json`];
  }
  try {
    return [createRequire(from).resolve(name)];
  } catch {
    return [];
  }
}

function hashed(paths: readonly string[], hash: (path: string) => string): Record<string, string> {
  return Object.fromEntries([...paths].sort().map((path) => [path, hash(path)]));
}
