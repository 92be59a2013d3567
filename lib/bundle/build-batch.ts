import { relative } from "node:path";
import { build, type BuildFailure, type Message, type Metafile } from "esbuild";
import type { BundleCache } from "./bundle-cache.ts";
import { collectInputs } from "./bundle-inputs.ts";
import type { Bundle, BundleOptions, BundleOutcome, BundleRequest, ModuleSize } from "./bundle-request.ts";
import { type BuiltFile, builtFiles, isCommonJs } from "./built-files.ts";
import { emitsFiles, esbuildOptions } from "./esbuild-options.ts";
import { FileHashes, sha256 } from "./file-hashes.ts";
import { packageEntries } from "./package-entries.ts";
import { contentHash, zip } from "./zip.ts";

const LARGEST_MODULES = 10;

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
      const files = builtFiles(result.outputFiles, projectFolder, folder);
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

interface BatchContext {
  readonly projectFolder: string;
  readonly cache: BundleCache;
  readonly hashes: FileHashes;
  readonly metafile: Metafile;
  /** Of the package; a CommonJS entry has another one than was requested. */
  readonly format: BundleOptions["format"];
}

async function packBundle(
  request: BundleRequest,
  files: readonly BuiltFile[],
  { projectFolder, cache, hashes, metafile, format }: BatchContext,
): Promise<Bundle> {
  const { options } = request;
  const entries = await packageEntries(options, files);
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
