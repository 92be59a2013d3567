import { join } from "node:path";
import type { FileHashes } from "./file-hashes.ts";

/** What a package was made of: when all of it is as it was, the package is too. Paths are relative to the project. */
export interface BundleInputs {
  readonly files: Readonly<Record<string, string>>;
  readonly listings: Readonly<Record<string, string>>;
  readonly copied: string;
}

/** True while every file and folder that a package was made of is as it was. */
export function inputsAreCurrent(
  { files, listings }: Pick<BundleInputs, "files" | "listings">,
  projectFolder: string,
  hashes: FileHashes,
): boolean {
  return (
    Object.entries(files).every(([path, hash]) => hashes.file(join(projectFolder, path)) === hash) &&
    Object.entries(listings).every(([path, hash]) => hashes.listing(join(projectFolder, path)) === hash)
  );
}
