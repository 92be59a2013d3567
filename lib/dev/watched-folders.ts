import { basename, dirname, relative, sep } from "node:path";
import type { Project } from "../synth/project.ts";

/** Folders of sources: no packages, no output, nothing hidden. */
export function isWatchedFolder(folder: string, { folder: home, output }: Pick<Project, "folder" | "output">): boolean {
  if (folder === home) return true;
  const name = basename(folder);
  return folder !== output && name !== "node_modules" && !name.startsWith(".");
}

/** Folders of inputs that are not below the project's folder, as in a repository of several packages. */
export function outsideFolders(inputs: ReadonlySet<string>, { folder: home }: Pick<Project, "folder">): string[] {
  const outside = [...inputs].filter((path) => relative(home, path).startsWith("..") && !isInstalled(path));
  return [...new Set(outside.map((path) => dirname(path)))];
}

function isInstalled(path: string): boolean {
  return path.split(sep).includes("node_modules");
}
