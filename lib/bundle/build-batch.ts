import { basename, join, relative } from "node:path";
import { build, type BuildFailure, type BuildOptions, type Metafile, type OutputFile } from "esbuild";
import type { BundleCache } from "./bundle-cache.ts";
import { collectInputs } from "./bundle-inputs.ts";
import type { Bundle, BundleOptions, BundleOutcome, BundleRequest, ModuleSize } from "./bundle-request.ts";
import { readCopiedFiles } from "./copied-files.ts";
import { FileHashes, sha256 } from "./file-hashes.ts";
import { contentHash, zip, type ZipEntry } from "./zip.ts";

const LARGEST_MODULES = 10;
/** esbuild's ESM output throws on `require` of a package that it could not inline: Lambda's modules have none. */
const REQUIRE_BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/** Packages all requests in one pass of esbuild. They must agree in every option but what is copied. */
export async function buildBatch(
  requests: readonly BundleRequest[],
  projectFolder: string,
  cache: BundleCache,
): Promise<BundleOutcome[]> {
  try {
    return await buildTogether(requests, projectFolder, cache);
  } catch (error) {
    if (!isBuildFailure(error)) return requests.map(() => ({ failure: { problems: [(error as Error).message] } }));
    // Which entry is to blame only shows when each is built alone.
    if (requests.length > 1) {
      return (await Promise.all(requests.map((request) => buildBatch([request], projectFolder, cache)))).flat();
    }
    return [{ failure: { problems: renderFailure(error) } }];
  }
}

async function buildTogether(
  requests: readonly BundleRequest[],
  projectFolder: string,
  cache: BundleCache,
): Promise<BundleOutcome[]> {
  const [first] = requests;
  if (first === undefined) return [];
  const result = await build({
    ...esbuildOptions(first.options),
    absWorkingDir: projectFolder,
    outdir: projectFolder,
    entryPoints: requests.map(({ entry }, index) => ({ in: entry, out: `${index}/index` })),
    metafile: true,
    write: false,
  });
  const hashes = new FileHashes();
  return Promise.all(
    requests.map(async (request, index) => {
      const files = result.outputFiles.filter(({ path }) => relative(projectFolder, path).startsWith(`${index}/`));
      return { bundle: await packBundle(request, files, result.metafile, { projectFolder, cache, hashes }) };
    }),
  );
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
    sourcesContent: false,
    external: [...options.external],
    define: { ...options.define },
    loader: { ...options.loader },
    mainFields: [...options.mainFields],
    tsconfig: options.tsconfig,
    outExtension: { ".js": options.format === "esm" ? ".mjs" : ".js" },
    banner: banner === "" ? {} : { js: banner },
    logLevel: "silent",
    legalComments: "none",
  };
}

interface BatchContext {
  readonly projectFolder: string;
  readonly cache: BundleCache;
  readonly hashes: FileHashes;
}

async function packBundle(
  request: BundleRequest,
  files: readonly OutputFile[],
  metafile: Metafile,
  { projectFolder, cache, hashes }: BatchContext,
): Promise<Bundle> {
  const entries: ZipEntry[] = [
    ...files.map((file) => ({ name: basename(file.path), content: file.contents })),
    ...readCopiedFiles(request.options.copy),
  ];
  const code = files.find((file) => !file.path.endsWith(".map"));
  const output = metafile.outputs[relative(projectFolder, code?.path ?? "")];
  const zipped = await zip(entries);
  const entryInput = output?.entryPoint ?? relative(projectFolder, request.entry);
  const bundle = {
    zipSha256: sha256(zipped),
    contentHash: contentHash(entries),
    unzippedBytes: entries.reduce((sum, { content }) => sum + content.length, 0),
    exports: request.options.format === "esm" ? output?.exports : undefined,
    largestModules: largestModules(output?.inputs ?? {}),
  };
  return cache.put(
    request,
    collectInputs(request.options, entryInput, metafile, projectFolder, hashes),
    bundle,
    zipped,
  );
}

function largestModules(inputs: Metafile["outputs"][string]["inputs"]): ModuleSize[] {
  return Object.entries(inputs)
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, LARGEST_MODULES);
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

function renderFailure({ errors }: BuildFailure): string[] {
  return errors.map((message) => {
    const { location, text, notes } = message;
    const place = location === null ? "" : `${join(location.file)}:${location.line}:${location.column + 1}: `;
    const snippet = location === null ? "" : `\n  ${location.lineText.trim()}`;
    return [`${place}${text}${snippet}`, ...notes.map((note) => `  ${note.text}`)].join("\n");
  });
}
