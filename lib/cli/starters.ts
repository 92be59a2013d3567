import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { writeEditorSettings } from "./editor-settings.ts";
import { OF_NPM, readManifest, writeManifest } from "./project-manifest.ts";

/** A starter: a small app that `init` copies. */
export interface Starter {
  readonly name: string;
  /** The first sentence of its README. */
  readonly summary: string;
}

/** What was made. */
export interface MadeProject {
  readonly template: string;
  /** Absolute. */
  readonly folder: string;
  /** The project's name in its package.json. */
  readonly name: string;
  /** Relative to the folder, sorted. */
  readonly files: readonly string[];
}

/** What npm takes for a package's name, without scopes: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name */
const PACKAGE_NAME = /^[a-z0-9][a-z0-9._-]{0,213}$/;

/** npm leaves `.gitignore` out of packages: starters carry it under another name. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** Entries of a folder that still counts as empty. */
const OF_NO_PROJECT = new Set([".git", ".DS_Store", ".idea", ".vscode"]);

/** The starters that come with this package, by name. */
export async function listStarters(): Promise<Starter[]> {
  const root = await templatesFolder();
  const names = (await readdir(root)).sort();
  return Promise.all(names.map(async (name) => ({ name, summary: await summaryOf(join(root, name)) })));
}

async function summaryOf(folder: string): Promise<string> {
  const [, paragraph = ""] = (await readFile(join(folder, "README.md"), "utf8")).split(/\n\n/);
  return /^.*?[.:](?= |$)/.exec(paragraph.replaceAll("\n", " "))?.[0].replace(/:$/, ".") ?? paragraph;
}

/** Copies a starter into a new or empty folder, or one in which only npm has worked. Nothing is touched where anything is wrong. */
export async function copyStarter(wanted: {
  readonly template: string;
  readonly folder: string;
  readonly from: string;
}): Promise<MadeProject> {
  const starters = await listStarters();
  const { template } = wanted;
  if (!starters.some(({ name }) => name === template)) throw unknownStarter(template, starters);
  const folder = resolve(wanted.from, wanted.folder);
  const name = packageName(folder);
  await refuseFilled(folder);
  await readManifest(folder);
  const source = join(await templatesFolder(), template);
  const files = await copyAll(source, folder);
  await writeManifest(folder, name, await readManifest(source));
  const settings = await writeEditorSettings(folder);
  return { template, folder, name, files: [...files, ...settings].sort() };
}

function unknownStarter(template: string, starters: readonly Starter[]): UserError {
  const names = starters.map(({ name }) => name).join(", ");
  return new UserError("StarterUnknown", `There is no starter '${template}'; there are ${names}`, {
    fix: "Use one of these; `tidegate init --list` describes each.",
  });
}

function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "");
  if (PACKAGE_NAME.test(name)) return name;
  throw new UserError(
    "FolderNameUnfit",
    `The folder's name ${JSON.stringify(basename(folder))} is not a valid package name`,
    {
      fix: "Name the folder with letters, digits, dots, dashes and underscores.",
    },
  );
}

async function refuseFilled(folder: string): Promise<void> {
  let found: string[];
  try {
    found = (await readdir(folder)).filter((name) => !OF_NO_PROJECT.has(name) && !OF_NPM.has(name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    throw new UserError("FolderUnfit", `${folder} cannot be a project's folder: ${(error as Error).message}`, {
      fix: "Name a new or empty folder.",
    });
  }
  if (found.length === 0) return;
  const shown = found.slice(0, 3).join(", ");
  throw new UserError("FolderFilled", `${folder} is not empty: it holds ${shown}${found.length > 3 ? ", …" : ""}`, {
    fix: "Name a new or empty folder: `tidegate init my-app`.",
  });
}

async function copyAll(source: string, target: string): Promise<string[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const made = files.map((file) => {
    const path = file.slice(source.length + 1);
    return { file, path: join(dirname(path), RENAMED[basename(path)] ?? basename(path)) };
  });
  for (const { file, path } of made) {
    if (path === "package.json") continue;
    await mkdir(dirname(join(target, path)), { recursive: true });
    await copyFile(file, join(target, path));
  }
  return made.map(({ path }) => path).sort();
}

/** `templates/` beside the sources, or beside `dist/` in the package. */
async function templatesFolder(): Promise<string> {
  for (const up of ["../../templates", "../../../templates"]) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    const found: readonly string[] = await readdir(folder).catch(() => []);
    if (found.includes("todo")) return folder;
  }
  throw new UserError("StartersMissing", "The starters that come with this package are missing", {
    fix: "Install tidegate again.",
  });
}
