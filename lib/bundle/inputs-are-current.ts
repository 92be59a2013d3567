import { join } from "node:path";
import type { BundleInputs } from "./bundle-cache.ts";
import type { FileHashes } from "./file-hashes.ts";

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
