import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { isRecord } from "../util/plain-record.ts";

/** What `npm install` leaves in a folder that had nothing in it. */
export const OF_NPM: ReadonlySet<string> = new Set(["package.json", "package-lock.json", "node_modules"]);

type Manifest = Readonly<Record<string, unknown>>;

/**
 * Writes the `package.json` of a new project: the starter's, under the project's name. What the folder's own
 * `package.json` has besides is kept, with the versions of its packages. Throws a `UserError` where that is not JSON.
 */
export async function writeManifest(folder: string, name: string, starter: Manifest): Promise<void> {
  const own = await readManifest(folder);
  const dependencies = recordOf(own["dependencies"]);
  const devDependencies = recordOf(own["devDependencies"]);
  const pick = (wanted: unknown, elsewhere: Manifest) =>
    Object.fromEntries(Object.entries(recordOf(wanted)).filter(([key]) => !(key in elsewhere)));
  const merged = {
    ...own,
    ...starter,
    name,
    scripts: { ...recordOf(own["scripts"]), ...recordOf(starter["scripts"]) },
    dependencies: { ...pick(starter["dependencies"], devDependencies), ...dependencies },
    devDependencies: { ...pick(starter["devDependencies"], dependencies), ...devDependencies },
  };
  const { dependencies: needed, ...bare } = merged;
  const manifest = Object.keys(needed).length === 0 ? bare : merged;
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Refuses a folder whose `package.json` cannot be added to. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, "package.json");
  try {
    return recordOf(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    const cause = error instanceof Error ? error.message : String(error);
    throw new UserError("ManifestInvalid", `${file} is not valid JSON: ${cause}`, {
      fix: "Correct or remove it, or name a new folder: `tidegate init my-app`.",
    });
  }
}

function recordOf(value: unknown): Manifest {
  return isRecord(value) ? value : {};
}
