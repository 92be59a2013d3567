import { relative, sep } from "node:path";
import { build, type BuildFailure, type BuildOptions, type Message, type Metafile } from "esbuild";
import { UserError } from "../errors.ts";
import type { BundleCache } from "./bundle-cache.ts";
import { collectInputs } from "./bundle-inputs.ts";
import type { Bundle, BundleOptions, BundleOutcome, BundleRequest, ModuleSize } from "./bundle-request.ts";
import { readCopiedFiles } from "./copied-files.ts";
import { buildOutcomeModule } from "./outcome/outcome-module.ts";
import { FileHashes, sha256 } from "./file-hashes.ts";
import { contentHash, zip, type ZipEntry } from "./zip.ts";

const LARGEST_MODULES = 10;
/** esbuild's ESM output throws on `require` of a package that it could not inline: Lambda's modules have none. */
const REQUIRE_BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/** Packages all requests in one pass of esbuild. They must be equal in every option except the copied files. */
export async function buildBatch(
  requests: readonly BundleRequest[],
  projectFolder: string,
  cache: BundleCache,
): Promise<BundleOutcome[]> {
  const [first] = requests;
  if (first === undefined) return [];
  if (requests.length > 1 && emitsFiles(first.options)) return buildOneByOne(requests, projectFolder, cache);
  try {
    return await buildTogether(requests, projectFolder, cache);
  } catch (error) {
    // Which entry is to blame only shows when each is built alone.
    if (requests.length > 1) return buildOneByOne(requests, projectFolder, cache);
    return [failureOf(error)];
  }
}

async function buildOneByOne(
  requests: readonly BundleRequest[],
  projectFolder: string,
  cache: BundleCache,
): Promise<BundleOutcome[]> {
  const outcomes: BundleOutcome[] = [];
  for (const request of requests) outcomes.push(...(await buildBatch([request], projectFolder, cache)));
  return outcomes;
}

/** With these loaders an entry is more than one file, and refers to the others by their places beside it. */
function emitsFiles({ loader }: BundleOptions): boolean {
  return Object.values(loader).some((kind) => kind === "file" || kind === "copy");
}

async function buildTogether(
  requests: readonly BundleRequest[],
  projectFolder: string,
  cache: BundleCache,
  format = requests[0]?.options.format ?? "esm",
): Promise<BundleOutcome[]> {
  const { options } = requests[0]!;
  const folderOf = (index: number): string => (emitsFiles(options) ? "" : `${index}/`);
  const result = await build({
    ...esbuildOptions({ ...options, format }),
    absWorkingDir: projectFolder,
    outdir: projectFolder,
    entryPoints: requests.map(({ entry }, index) => ({ in: entry, out: `${folderOf(index)}index` })),
    metafile: true,
    write: false,
  });
  const context = { projectFolder, cache, hashes: new FileHashes(), metafile: result.metafile, format };
  return Promise.all(
    requests.map(async (request, index): Promise<BundleOutcome> => {
      const folder = folderOf(index);
      const files = result.outputFiles
        .map(({ path, contents }) => ({
          output: relative(projectFolder, path).replaceAll(sep, "/"),
          content: contents,
        }))
        .filter(({ output }) => output.startsWith(folder))
        .map(({ output, content }) => ({ output, name: output.slice(folder.length), content }));
      try {
        if (format === "esm" && isCommonJs(files, result.metafile)) {
          return (await buildTogether([request], projectFolder, cache, "cjs"))[0]!;
        }
        return { bundle: await packBundle(request, files, context) };
      } catch (error) {
        return failureOf(error);
      }
    }),
  );
}

/** As an ES module it would have a default export alone, where Lambda looks for the handler by its name. */
function isCommonJs(files: readonly BuiltFile[], metafile: Metafile): boolean {
  return files.some(({ output }) => {
    const { entryPoint } = metafile.outputs[output] ?? {};
    return entryPoint !== undefined && metafile.inputs[entryPoint]?.format === "cjs";
  });
}

function esbuildOptions(options: BundleOptions): BuildOptions {
  const banner = `${options.format === "esm" ? REQUIRE_BANNER : ""}${options.banner ?? ""}`;
  return {
    bundle: true,
    platform: "node",
    format: options.format,
    target: options.target,
    minify: options.minify,
    sourcemap: options.sourceMap ? "linked" : false,
    sourcesContent: options.sourcesContent ?? false,
    external: [...options.external],
    define: { ...options.define },
    loader: { ...options.loader },
    mainFields: [...options.mainFields],
    tsconfig: options.tsconfig,
    outExtension: { ".js": options.format === "esm" ? ".mjs" : ".js" },
    banner: banner === "" ? {} : { js: banner },
    footer: options.footer === undefined ? {} : { js: options.footer },
    keepNames: options.keepNames,
    charset: options.charset,
    logLevel: "silent",
    legalComments: "none",
  };
}

interface BatchContext {
  readonly projectFolder: string;
  readonly cache: BundleCache;
  readonly hashes: FileHashes;
  readonly metafile: Metafile;
  /** Of the package; a CommonJS entry has another one than was requested. */
  readonly format: BundleOptions["format"];
}

interface BuiltFile {
  /** What the metafile calls it. */
  readonly output: string;
  /** What the package calls it. */
  readonly name: string;
  readonly content: Uint8Array;
}

async function packBundle(
  request: BundleRequest,
  files: readonly BuiltFile[],
  { projectFolder, cache, hashes, metafile, format }: BatchContext,
): Promise<Bundle> {
  const { options } = request;
  const entries: ZipEntry[] = [
    ...files.map(({ name, content }) => ({ name, content })),
    ...readCopiedFiles(options.copy),
    ...(options.outcomeOf === undefined ? [] : [await buildOutcomeModule(options.outcomeOf, options)]),
  ];
  checkNames(entries);
  const code = files.map(({ output }) => metafile.outputs[output]).find((output) => output?.entryPoint !== undefined);
  const zipped = await zip(entries);
  const bundle = {
    zipSha256: sha256(zipped),
    contentHash: contentHash(entries),
    unzippedBytes: entries.reduce((sum, { content }) => sum + content.length, 0),
    exports: format === "esm" ? code?.exports : undefined,
    largestModules: largestModules(code?.inputs ?? {}),
  };
  const entryInput = code?.entryPoint ?? relative(projectFolder, request.entry);
  return cache.put(request, collectInputs(options, entryInput, metafile, projectFolder, hashes), bundle, zipped);
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

function largestModules(inputs: Metafile["outputs"][string]["inputs"]): ModuleSize[] {
  return Object.entries(inputs)
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, LARGEST_MODULES);
}

function failureOf(error: unknown): BundleOutcome {
  const { errors, message } = error as BuildFailure;
  return { failure: { problems: Array.isArray(errors) ? errors.map(renderMessage) : [message] } };
}

function renderMessage({ location, text, notes }: Message): string {
  const place = location === null ? "" : `${location.file}:${location.line}:${location.column + 1}: `;
  const snippet = location === null ? "" : `\n  ${location.lineText.trim()}`;
  return [`entry: ${place}${text}${snippet}`, ...notes.map((note) => `  ${note.text}`)].join("\n");
}
