import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";

/** SHA-256 of some bytes, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

const RESOLVABLE = /\.(?:[cm]?[jt]sx?|json)$/;

/** Hashes of files and folders, each read once in a run. What is not there has the hash `absent`. */
export class FileHashes {
  readonly #files = new Map<string, string>();
  readonly #listings = new Map<string, string>();
  readonly #settings = new Map<string, readonly string[]>();

  /** SHA-256 of a file's content. */
  file(path: string): string {
    return remembered(this.#files, path, () => hashOrAbsent(() => readFileSync(path)));
  }

  /** SHA-256 over the names in a folder that module resolution could pick: a new neighbour may shadow a file. */
  listing(folder: string): string {
    return remembered(this.#listings, folder, () => hashOrAbsent(() => resolvableNames(folder)));
  }

  /** The paths of the settings that apply to a folder's files: found once per folder. */
  settings(folder: string, find: () => readonly string[]): readonly string[] {
    return remembered(this.#settings, folder, find);
  }
}

function remembered<T>(memory: Map<string, T>, path: string, compute: () => T): T {
  const known = memory.get(path);
  if (known !== undefined) return known;
  const value = compute();
  memory.set(path, value);
  return value;
}

function hashOrAbsent(read: () => string | Uint8Array): string {
  try {
    return sha256(read());
  } catch {
    return "absent";
  }
}

function resolvableNames(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) =>
      entry.isDirectory() ? !entry.name.startsWith(".") && entry.name !== "cdk.out" : RESOLVABLE.test(entry.name),
    )
    .map((entry) => entry.name)
    .sort()
    .join("\n");
}
