import { join, resolve } from "node:path";
import {
  type BuildContext,
  type BuildFailure,
  type BuildResult,
  context as openContext,
  formatMessages,
  type Message,
  type Metafile,
} from "esbuild";
import { type BuiltFile, builtFiles, isCommonJs } from "./built-files.ts";
import type { BundleRequest } from "./bundle-request.ts";
import { decidingFiles } from "./bundle-inputs.ts";
import { emitsFiles, esbuildOptions } from "./esbuild-options.ts";
import { FileHashes } from "./file-hashes.ts";
import { InstalledPackages } from "./installed-packages.ts";
import { packageEntries } from "./package-entries.ts";
import { zip } from "./zip.ts";

/** Something that keeps code from being built. */
export interface BuildProblem {
  /** In esbuild's words. */
  readonly text: string;
  /** Relative to the project's folder. Absent where the problem has no place. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** The message with its place and the lines of code around it, as lines to show. */
  readonly frame: string;
}

/** What became of one build. */
export type IncrementalOutcome =
  | {
      readonly kind: "built";
      readonly zip: Buffer;
      /** Every file that decided over the package, and every file and folder that is copied into it. Absolute. */
      readonly inputs: readonly string[];
    }
  | { readonly kind: "failed"; readonly problems: readonly BuildProblem[] };

type Format = "esm" | "cjs";

const MARKER = { name: "tidegate-dev.txt", content: Buffer.from("Saved by `tidegate dev`.\n") };

/**
 * One function's package, built again and again: esbuild keeps what it parsed, so a changed file costs a fraction of the
 * first build, and installed packages are not built again. The package does what a synthesis makes of the same files, and has a
 * marker: Lambda gives out one version for the same code, and a deploy must publish its own.
 */
export class IncrementalBundle {
  readonly request: BundleRequest;
  readonly #projectFolder: string;
  readonly #folder: string;
  readonly #hashes = new FileHashes();
  readonly #isDebugged: boolean;
  /** Undefined where packages are part of the code. */
  #packages: InstalledPackages | undefined;
  #context: { readonly format: Format; readonly build: BuildContext<{ metafile: true; write: false }> } | undefined;

  /** `isDebugged`: the code stays readable, and its source map leads to the files of this machine. */
  constructor(request: BundleRequest, projectFolder: string, { isDebugged = false } = {}) {
    this.request = isDebugged
      ? { ...request, options: { ...request.options, minify: false, sourceMap: true } }
      : request;
    this.#isDebugged = isDebugged;
    this.#projectFolder = projectFolder;
    // The place in the output decides over the source map: it is that of a batch's entry.
    this.#folder = emitsFiles(request.options) ? "" : "0/";
    this.#packages = this.#folder === "" ? undefined : new InstalledPackages(this.request.options, projectFolder);
  }

  /** Whether it was built before, so that the next build is an incremental one. */
  get isOpen(): boolean {
    return this.#context !== undefined;
  }

  /** Builds what is on disk now. One build at a time. */
  async build(): Promise<IncrementalOutcome> {
    try {
      return await this.#built(this.#context?.format ?? this.request.options.format);
    } catch (error) {
      return { kind: "failed", problems: await problemsOf(error) };
    }
  }

  /** Frees what esbuild keeps. */
  async dispose(): Promise<void> {
    const open = this.#context;
    this.#context = undefined;
    await open?.build.dispose();
  }

  async #built(format: Format): Promise<IncrementalOutcome> {
    const { options } = this.request;
    const context = await this.#open(format);
    const { outputFiles, metafile }: BuildResult<{ metafile: true; write: false }> = await context.rebuild();
    const files = builtFiles(outputFiles, this.#projectFolder, this.#folder);
    const wanted = options.format === "esm" && isCommonJs(files, metafile) ? "cjs" : options.format;
    if (wanted !== format) return this.#built(wanted);
    const { entryPoint = "", exports = [] } = Object.values(metafile.outputs).find(isEntry) ?? {};
    if (format === "esm" && !exports.includes(this.request.exportName)) return this.#withoutExport(entryPoint);
    const packages = await this.#packagesOf(files, metafile, format);
    if (packages === undefined) return this.#wholly(format);
    const inputs = decidingFiles(options, entryPoint, metafile, this.#projectFolder, this.#hashes);
    const zipped = await zip([...(await packageEntries(options, [...files, ...packages])), MARKER]);
    return {
      kind: "built",
      zip: zipped,
      inputs: [...inputs, ...options.copy.map(({ from }) => from)].map((path) => resolve(this.#projectFolder, path)),
    };
  }

  async #packagesOf(
    files: readonly BuiltFile[],
    metafile: Metafile,
    format: Format,
  ): Promise<readonly BuiltFile[] | undefined> {
    if (this.#packages === undefined || format === "cjs") return [];
    const [output, { imports }] = Object.entries(metafile.outputs).find(([, one]) => isEntry(one)) ?? [
      "",
      { imports: [] },
    ];
    const code = files.find((file) => file.output === output)?.content ?? new Uint8Array();
    return this.#packages.tryBuild(Buffer.from(code).toString("utf8"), imports);
  }

  /** From now on everything is one module. */
  async #wholly(format: Format): Promise<IncrementalOutcome> {
    this.#packages = undefined;
    await this.dispose();
    return this.#built(format);
  }

  /** A file that an editor has just emptied builds without an error. */
  #withoutExport(file: string): IncrementalOutcome {
    const text = `The file exports no ${this.request.exportName}, which Lambda calls`;
    return { kind: "failed", problems: [{ text, file, frame: `${file}: ${text}` }] };
  }

  async #open(format: Format): Promise<BuildContext<{ metafile: true; write: false }>> {
    if (this.#context?.format === format) return this.#context.build;
    await this.dispose();
    const build = await openContext({
      ...esbuildOptions({ ...this.request.options, format }),
      absWorkingDir: this.#projectFolder,
      outdir: this.#projectFolder,
      entryPoints: [{ in: this.request.entry, out: join(this.#folder, "index") }],
      ...(this.#isDebugged ? { sourceRoot: `${resolve(this.#projectFolder, this.#folder)}/` } : {}),
      plugins: this.#packages === undefined || format === "cjs" ? [] : [this.#packages.plugin],
      metafile: true,
      write: false,
    });
    this.#context = { format, build };
    return build;
  }
}

function isEntry({ entryPoint }: Metafile["outputs"][string]): boolean {
  return entryPoint !== undefined;
}

async function problemsOf(error: unknown): Promise<BuildProblem[]> {
  if (!isBuildFailure(error)) {
    const text = error instanceof Error ? error.message : String(error);
    return [{ text, frame: text }];
  }
  const frames = await formatMessages(error.errors, { kind: "error", color: false });
  return error.errors.map((message, index) => toProblem(message, frames[index] ?? message.text));
}

function toProblem({ text, location }: Message, frame: string): BuildProblem {
  const shown = frame.trimEnd();
  if (location === null) return { text, frame: shown };
  const { file, line, column } = location;
  return { text, file, line, column: column + 1, frame: shown };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
