import { mkdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, BuildOptions, Loader, Metafile, Plugin } from "esbuild";
import { collectInputs } from "../bundle/bundle-inputs.ts";
import { esbuildVersion } from "../bundle/esbuild-version.ts";
import { FileHashes, sha256 } from "../bundle/file-hashes.ts";
import { inputsAreCurrent } from "../bundle/inputs-are-current.ts";
import { writeAtomically } from "../bundle/write-atomically.ts";
import { parseAppCommand } from "./app-command.ts";

const FORMAT = 2;
/** This package's own files: `lib/` of the sources, or of `dist/`. */
const OWN_FOLDER = realpathSync(join(import.meta.dirname, ".."));
/** Expressions that mean something else in a bundle: a file's test for being the main one, and the place of modules. */
const UNBUNDLABLE = /\brequire\.main\b|\bimport\.meta\.(?:main|resolve)\b/;
const FILE_NAMES = /\b(?:__dirname|__filename|import\.meta)\b/;

interface CachedApp {
  readonly file: string;
  readonly sha256: string;
  readonly files: Readonly<Record<string, string>>;
  readonly listings: Readonly<Record<string, string>>;
}

/**
 * Bundles an app's own files, without packages, so that one process starts it in a tenth of a second, independent of
 * the tool that compiles its TypeScript. Returns the bundle's path, or undefined where the app must run unbundled.
 */
export async function tryBundleApp(entry: string, projectFolder: string): Promise<string | undefined> {
  const folder = outputFolder(projectFolder);
  const key = keyOf(entry, projectFolder);
  const record = recordPath(entry, projectFolder);
  const cached = tryReadCached(record, folder, projectFolder);
  if (cached !== undefined) return cached;

  const built = (await tryBuild(entry, projectFolder, "cjs")) ?? (await tryBuild(entry, projectFolder, "esm"));
  if (built === undefined) return undefined;
  const inputs = collectInputs({ copy: [] }, built.entryPoint, built.metafile, projectFolder, new FileHashes());
  const file = `${key}.${built.extension}`;
  mkdirSync(folder, { recursive: true });
  writeAtomically(join(folder, file), built.code);
  writeAtomically(
    record,
    JSON.stringify({
      file,
      sha256: sha256(built.code),
      files: inputs.files,
      listings: inputs.listings,
    } satisfies CachedApp),
  );
  return join(folder, file);
}

/**
 * The files that the app was last bundled from, with those that decided how; absolute. Undefined where the app was never
 * bundled, or runs unbundled: what it reads is not known then.
 */
export function readAppInputs(app: string, projectFolder: string): ReadonlySet<string> | undefined {
  const command = parseAppCommand(app, projectFolder);
  if (command.kind !== "script") return undefined;
  try {
    const { files } = readRecord(recordPath(command.entry, projectFolder));
    return new Set(Object.keys(files).map((path) => resolve(projectFolder, path)));
  } catch {
    return undefined;
  }
}

function readRecord(path: string): CachedApp {
  return JSON.parse(readFileSync(path, "utf8")) as CachedApp;
}

function recordPath(entry: string, projectFolder: string): string {
  return join(outputFolder(projectFolder), `${keyOf(entry, projectFolder)}.json`);
}

function keyOf(entry: string, projectFolder: string): string {
  return sha256(JSON.stringify([FORMAT, esbuildVersion(), relative(projectFolder, entry)]));
}

function tryReadCached(record: string, folder: string, projectFolder: string): string | undefined {
  try {
    const cached = readRecord(record);
    const file = join(folder, cached.file);
    const isWhole = sha256(readFileSync(file)) === cached.sha256;
    return isWhole && inputsAreCurrent(cached, projectFolder, new FileHashes()) ? file : undefined;
  } catch {
    return undefined;
  }
}

interface BuiltApp {
  readonly code: Uint8Array;
  readonly metafile: Metafile;
  readonly entryPoint: string;
  readonly extension: "cjs" | "mjs";
}

/** CommonJS first: it loads aws-cdk-lib's modules when they are used, an ES module all of them at once. */
async function tryBuild(entry: string, projectFolder: string, format: "cjs" | "esm"): Promise<BuiltApp | undefined> {
  const { build } = await import("esbuild");
  const refused: string[] = [];
  try {
    const { outputFiles, metafile } = await build({
      ...buildOptions(entry, projectFolder, format),
      plugins: [inlineOwnConstructs(outputFolder(realpathSync(projectFolder))), keepFileNames(refused)],
    });
    const code = outputFiles?.[0]?.contents;
    const entryPoint = Object.values(metafile?.outputs ?? {})[0]?.entryPoint;
    if (refused.length > 0 || code === undefined || metafile === undefined || entryPoint === undefined) {
      return undefined;
    }
    return { code, metafile, entryPoint, extension: format === "cjs" ? "cjs" : "mjs" };
  } catch (error) {
    // The app reports its own errors best, in the words of its runner.
    if (Array.isArray((error as Partial<BuildFailure>).errors)) return undefined;
    throw error;
  }
}

function buildOptions(entry: string, projectFolder: string, format: "cjs" | "esm"): BuildOptions & { write: false } {
  return {
    entryPoints: [entry],
    absWorkingDir: projectFolder,
    outdir: outputFolder(projectFolder),
    bundle: true,
    packages: "external",
    platform: "node",
    target: `node${process.versions.node}`,
    format,
    keepNames: true,
    sourcemap: "inline",
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: "silent",
    define: {
      __dirname: "__tidegate_dirname",
      __filename: "__tidegate_filename",
      "import.meta.dirname": "__tidegate_dirname",
      "import.meta.filename": "__tidegate_filename",
      "import.meta.url": "__tidegate_url",
    },
  };
}

function outputFolder(projectFolder: string): string {
  return join(projectFolder, ".tidegate", "cache", "app");
}

/** Packages that the project provides, even where this package has its own copy. */
const PEERS = /^(?:aws-cdk-lib|constructs)(?:\/|$)/;

/**
 * As an ES module in a package, our constructs would load all of aws-cdk-lib's modules that they name, used or not. What
 * they need themselves is named by its place from the bundle's: a project need not see the packages of its packages.
 */
function inlineOwnConstructs(from: string): Plugin {
  return {
    name: "inline-own-constructs",
    setup(build) {
      build.onResolve({ filter: /^tidegate$/ }, ({ importer }) => {
        try {
          return { path: realpathSync(createRequire(importer).resolve("tidegate")) };
        } catch {
          return { external: true };
        }
      });
      build.onResolve({ filter: /^[a-z@][^:]*$/ }, ({ path, importer }) => {
        if (!importer.startsWith(OWN_FOLDER) || PEERS.test(path) || isBuiltin(path)) return undefined;
        return { path: relative(from, createRequire(importer).resolve(path)), external: true };
      });
    },
  };
}

/** Keeps each file's own path, even though its code is in another file now. */
function keepFileNames(refused: string[]): Plugin {
  return {
    name: "keep-file-names",
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8").replace(/^#!.*/, "");
        if (UNBUNDLABLE.test(source)) refused.push(path);
        const loader = (/\.[cm]?([jt]sx?)$/.exec(path)?.[1] ?? "ts") as Loader;
        return { contents: FILE_NAMES.test(source) ? `${namesOf(path)}${source}` : source, loader };
      });
    },
  };
}

function namesOf(path: string): string {
  const names = { filename: path, dirname: dirname(path), url: pathToFileURL(path).href };
  return `const ${Object.entries(names)
    .map(([name, value]) => `__tidegate_${name}=${JSON.stringify(value)}`)
    .join(",")};`;
}
