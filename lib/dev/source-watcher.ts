import { existsSync, type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";

/** How a tree of folders is watched. */
export interface SourceWatcherOptions {
  /** Folders whose trees are watched. Absolute. */
  readonly roots: readonly string[];
  /** Whether a folder is left out with all that is below it. */
  readonly isIgnored: (folder: string) => boolean;
  /** Called with the paths that changed, and when the first of them did, by `performance.now()`. */
  readonly onChange: (paths: ReadonlySet<string>, sinceMs: number) => void;
  /** Called when a folder cannot be watched: changes in it go unseen. */
  readonly onTrouble: (folder: string, reason: string) => void;
}

/** An editor writes a file in several steps: changes are gathered until none came for this long. */
const QUIET_MS = 4;
/** A program that keeps writing must not hold a change back. */
const LONGEST_WAIT_MS = 60;

/**
 * Watches trees of folders, one watch for each folder: the recursive watch of Node.js walks `node_modules` on Linux.
 * Folders that are made later are watched too.
 */
export class SourceWatcher {
  readonly #options: SourceWatcherOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  #changed = new Set<string>();
  #sinceMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SourceWatcherOptions) {
    this.#options = options;
    for (const root of options.roots) this.#watchTree(root);
  }

  /** Watches one more tree. */
  add(root: string): void {
    this.#watchTree(root);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watchTree(folder: string): void {
    if (this.#watchers.has(folder) || this.#options.isIgnored(folder)) return;
    try {
      const watcher = watch(folder, (_event, name) => this.#onEvent(folder, name));
      watcher.on("error", () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) this.#watchTree(join(folder, entry.name));
    } catch (error) {
      if (existsSync(folder)) this.#options.onTrouble(folder, error instanceof Error ? error.message : String(error));
    }
  }

  #onEvent(folder: string, name: string | null): void {
    if (this.#isClosed) return;
    if (!existsSync(folder)) this.#forget(folder);
    if (name === null) return;
    const path = join(folder, name);
    if (isFolder(path)) return this.#onFolder(path);
    this.#forget(path);
    this.#report(path);
  }

  /** Its files may have been there before its watch was. */
  #onFolder(folder: string): void {
    if (this.#watchers.has(folder) || this.#options.isIgnored(folder)) return;
    this.#watchTree(folder);
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (!entry.isDirectory() && !this.#options.isIgnored(entry.parentPath))
        this.#report(join(entry.parentPath, entry.name));
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #report(path: string): void {
    const now = performance.now();
    if (this.#changed.size === 0) this.#sinceMs = now;
    this.#changed.add(path);
    clearTimeout(this.#timer);
    const waitMs = Math.max(0, Math.min(QUIET_MS, this.#sinceMs + LONGEST_WAIT_MS - now));
    this.#timer = setTimeout(() => this.#flush(), waitMs);
  }

  #flush(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    this.#options.onChange(changed, this.#sinceMs);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
