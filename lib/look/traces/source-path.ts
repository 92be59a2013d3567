import { existsSync } from "node:fs";
import { join, posix } from "node:path";

/** Whether a file exists, by its path below the project's folder. */
export type FileCheck = (path: string) => boolean;

/** Looks at the files of a project. */
export function filesOf(projectFolder: string): FileCheck {
  return (path) => existsSync(join(projectFolder, path));
}

/**
 * The path below the project's folder of a source that a source map names. The bundler writes each function into a folder
 * of its own below the project (`0/index.mjs`), other tools elsewhere: the first path that exists is it.
 */
export function sourcePath(source: string, exists: FileCheck): string {
  const plain = source.replace(/^(?:file|webpack):\/\//, "");
  const bare = plain.replace(/^(?:\.{1,2}\/|\/)+/, "");
  const modules = bare.lastIndexOf("node_modules/");
  if (modules !== -1) return bare.slice(modules);
  const ours = posix.normalize(posix.join("0", plain));
  return [ours, bare].find((path) => !path.startsWith("..") && exists(path)) ?? bare;
}
