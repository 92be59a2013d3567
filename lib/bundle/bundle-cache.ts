import { mkdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Bundle, BundleRequest } from "./bundle-request.ts";
import { hashCopiedFiles } from "./copied-files.ts";
import { FileHashes, sha256 } from "./file-hashes.ts";
import { inputsAreCurrent, type BundleInputs } from "./inputs-are-current.ts";
import { bundlesFolder, packageInCache } from "./package-in-cache.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Changes whenever what is made of the same inputs changes. */
const CACHE_FORMAT = 2;

interface CacheEntry {
  readonly inputs: BundleInputs;
  readonly bundle: Omit<Bundle, "zipFile">;
}

/**
 * Finished packages by what they were made of. Entries carry their own hash and each package is read back and
 * checked, so a damaged one counts as missing; files appear by renaming, so two runs at once do no harm.
 */
export class BundleCache {
  readonly #projectFolder: string;
  readonly #folder: string;
  readonly #toolVersion: string;
  readonly #hashes = new FileHashes();

  constructor(projectFolder: string, toolVersion: string) {
    this.#projectFolder = projectFolder;
    this.#folder = bundlesFolder(projectFolder);
    this.#toolVersion = toolVersion;
  }

  /** The package made of this request earlier, unless anything changed or the package is damaged. */
  tryGet(request: BundleRequest): Bundle | undefined {
    const entry = this.#readEntry(request);
    if (entry === undefined || !this.#isCurrent(entry.inputs, request)) return undefined;
    const zipFile = this.#zipPath(entry.bundle.zipSha256);
    return fileHasHash(zipFile, entry.bundle.zipSha256) ? { ...entry.bundle, zipFile } : undefined;
  }

  /**
   * The files that decided over the package when it was last made, and what was copied into it; absolute. Undefined where
   * it was never made here.
   */
  tryReadInputs(request: BundleRequest): string[] | undefined {
    const entry = this.#readEntry(request);
    if (entry === undefined) return undefined;
    const files = Object.keys(entry.inputs.files).map((path) => resolve(this.#projectFolder, path));
    return [...files, ...request.options.copy.map(({ from }) => from)];
  }

  /** Stores a package. Returns it with its path. */
  put(request: BundleRequest, inputs: BundleInputs, bundle: Omit<Bundle, "zipFile">, zip: Uint8Array): Bundle {
    mkdirSync(this.#folder, { recursive: true });
    const zipFile = this.#zipPath(bundle.zipSha256);
    writeAtomically(zipFile, zip);
    const body = JSON.stringify({ inputs, bundle } satisfies CacheEntry);
    writeAtomically(this.#entryPath(request), JSON.stringify({ sha256: sha256(body), body }));
    return { ...bundle, zipFile };
  }

  #readEntry(request: BundleRequest): CacheEntry | undefined {
    try {
      const stored = JSON.parse(readFileSync(this.#entryPath(request), "utf8")) as { sha256: string; body: string };
      return sha256(stored.body) === stored.sha256 ? (JSON.parse(stored.body) as CacheEntry) : undefined;
    } catch {
      return undefined;
    }
  }

  #isCurrent(inputs: BundleInputs, request: BundleRequest): boolean {
    const { copy } = request.options;
    return (
      inputsAreCurrent(inputs, this.#projectFolder, this.#hashes) &&
      (copy.length === 0 || hashCopiedFiles(copy) === inputs.copied)
    );
  }

  #entryPath({ entry, options }: BundleRequest): string {
    const relativeEntry = relative(this.#projectFolder, entry);
    const key = sha256(JSON.stringify([CACHE_FORMAT, this.#toolVersion, relativeEntry, options]));
    return join(this.#folder, `${key}.json`);
  }

  #zipPath(zipSha256: string): string {
    return packageInCache(this.#projectFolder, zipSha256);
  }
}

function fileHasHash(path: string, hash: string): boolean {
  try {
    return sha256(readFileSync(path)) === hash;
  } catch {
    return false;
  }
}
