import type { Format, Loader } from "esbuild";

export type { Loader };

/** The module of a package that Lambda calls where outcomes are reported, without its extension. */
export const OUTCOME_MODULE = "outcome";

/** A file or folder that is put into the package beside the code, as it is. */
export interface CopiedPath {
  /** Absolute path of a file or a folder. */
  readonly from: string;
  /** Path in the package, with forward slashes. */
  readonly to: string;
}

/** What is made of an entry file: everything that changes the package's bytes. */
export interface BundleOptions {
  readonly format: Extract<Format, "esm" | "cjs">;
  /** An esbuild target, for example `node24`. */
  readonly target: string;
  readonly minify: boolean;
  readonly sourceMap: boolean;
  /** Packages that are left out: they come from a layer or the runtime. */
  readonly external: readonly string[];
  readonly define: Readonly<Record<string, string>>;
  /** esbuild loaders by file extension, for example `{ ".graphql": "text" }`. */
  readonly loader: Readonly<Record<string, Loader>>;
  readonly mainFields: readonly string[];
  readonly banner?: string;
  readonly footer?: string;
  readonly keepNames?: boolean;
  readonly charset?: "ascii" | "utf8";
  readonly sourcesContent?: boolean;
  /** Absolute path; esbuild's own search by default. */
  readonly tsconfig?: string;
  readonly copy: readonly CopiedPath[];
  /** The export that a module beside the entry wraps to report its outcomes. Absent: there is no such module. */
  readonly outcomeOf?: string;
}

/** One function's code to be packaged. */
export interface BundleRequest {
  /** Absolute path of the entry file. */
  readonly entry: string;
  /** The export that Lambda calls: checked against what the entry exports. */
  readonly exportName: string;
  readonly options: BundleOptions;
  /** Path of the requesting construct, for messages. */
  readonly constructPath: string;
}

/** A module and what it adds to a package. */
export interface ModuleSize {
  readonly path: string;
  readonly bytes: number;
}

/** A finished package. */
export interface Bundle {
  /** Absolute path of the zip in the cache. */
  readonly zipFile: string;
  /** SHA-256 of the zip's bytes, hexadecimal. */
  readonly zipSha256: string;
  /** SHA-256 over names, modes and contents: independent of the compressor. */
  readonly contentHash: string;
  readonly unzippedBytes: number;
  /** Names that the entry exports; undefined where the output format does not tell. */
  readonly exports: readonly string[] | undefined;
  /** The largest modules first, ten at most. */
  readonly largestModules: readonly ModuleSize[];
}

/** Why an entry could not be packaged: lines ready to be shown. */
export interface BundleFailure {
  readonly problems: readonly string[];
}

/** What became of a request. */
export type BundleOutcome = { readonly bundle: Bundle } | { readonly failure: BundleFailure };
