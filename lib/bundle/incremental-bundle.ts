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
import { builtFiles, isCommonJs } from "./built-files.ts";
import type { BundleRequest } from "./bundle-request.ts";
import { decidingFiles } from "./bundle-inputs.ts";
import { emitsFiles, esbuildOptions } from "./esbuild-options.ts";
import { FileHashes } from "./file-hashes.ts";
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
 * first build. The package holds what a synthesis makes of the same files, and a marker: Lambda gives out one version for the
 * same code, and a deploy must publish its own.
 */
export class IncrementalBundle {
  readonly request: BundleRequest;
  readonly #projectFolder: string;
  readonly #folder: string;
  readonly #hashes = new FileHashes();
  #context: { readonly format: Format; readonly build: BuildContext<{ metafile: true; write: false }> } | undefined;

  constructor(request: BundleRequest, projectFolder: string) {
    this.request = request;
    this.#projectFolder = projectFolder;
    // The place in the output decides over the source map: it is that of a batch's entry.
    this.#folder = emitsFiles(request.options) ? "" : "0/";
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
    const inputs = decidingFiles(options, entryPoint, metafile, this.#projectFolder, this.#hashes);
    const zipped = await zip([...(await packageEntries(options, files)), MARKER]);
    return {
      kind: "built",
      zip: zipped,
      inputs: [...inputs, ...options.copy.map(({ from }) => from)].map((path) => resolve(this.#projectFolder, path)),
    };
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
