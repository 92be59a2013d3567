import { dirname, join } from "node:path/posix";
import type { SourceFile } from "./parse-source.ts";
import { importsOf } from "./room-rules.ts";

/** The groups of files that import each other, types included; each group sorted, the largest first. */
export function findImportCircles(files: readonly SourceFile[]): string[][] {
  const imports = new Map(files.map((file) => [file.path, neighboursOf(file)]));
  const reached = new Map(files.map(({ path }) => [path, reachableFrom(path, imports)]));
  const circles = new Map<string, string[]>();
  for (const { path } of files) {
    const group = [...(reached.get(path) ?? [])].filter((other) => reached.get(other)?.has(path) === true).toSorted();
    if (group.length > 0) circles.set(group.join(" "), group);
  }
  return [...circles.values()].toSorted((a, b) => b.length - a.length);
}

function neighboursOf(file: SourceFile): string[] {
  return importsOf(file)
    .filter((from) => from.startsWith("."))
    .map((from) => join(dirname(file.path), from));
}

function reachableFrom(start: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...(imports.get(start) ?? [])];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...(imports.get(path) ?? []));
  }
  return reached;
}
