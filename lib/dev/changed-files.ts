import { readFileSync } from "node:fs";
import { sha256 } from "../bundle/file-hashes.ts";

/** Separates files whose content changed from files that were only written again. */
export class ChangedFiles {
  readonly #known = new Map<string, string>();

  /** The paths whose content differs from what it was here before. One that was never seen counts as changed. */
  filter(paths: ReadonlySet<string>): ReadonlySet<string> {
    return new Set([...paths].filter((path) => this.#isChanged(path)));
  }

  #isChanged(path: string): boolean {
    const hash = hashOf(path);
    if (this.#known.get(path) === hash) return false;
    this.#known.set(path, hash);
    return true;
  }
}

function hashOf(path: string): string {
  try {
    return sha256(readFileSync(path));
  } catch {
    return "absent";
  }
}
