import { UserError } from "../errors.ts";
import type { BuiltFile } from "./built-files.ts";
import type { BundleOptions } from "./bundle-request.ts";
import { readCopiedFiles } from "./copied-files.ts";
import { buildOutcomeModule } from "./outcome/outcome-module.ts";
import type { ZipEntry } from "./zip.ts";

/**
 * Everything that goes into a package: the built files, what is copied, and the module that reports outcomes. Throws a
 * `UserError` where two files have one name.
 */
export async function packageEntries(
  options: BundleOptions,
  files: readonly Pick<BuiltFile, "name" | "content">[],
): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [
    ...files.map(({ name, content }) => ({ name, content })),
    ...readCopiedFiles(options.copy),
    ...(options.outcomeOf === undefined ? [] : [await buildOutcomeModule(options.outcomeOf, options)]),
  ];
  checkNames(entries);
  return entries;
}

function checkNames(entries: readonly ZipEntry[]): void {
  const names = new Set<string>();
  for (const { name } of entries) {
    const key = name.toLowerCase();
    if (names.has(key)) {
      throw new UserError("PackageNameTaken", `bundling.copy: two files of the package are called '${name}'`);
    }
    names.add(key);
  }
}
