import { resolve } from "node:path";
import type { Runtime } from "aws-cdk-lib/aws-lambda";
import type { BundleOptions, Loader } from "../bundle/bundle-request.ts";

/** How a function's code is packaged by esbuild. */
export interface BundlingOptions {
  /**
   * Module format of the package.
   * @default "esm"
   */
  readonly format?: "esm" | "cjs";
  /**
   * Shortens the code.
   * @default true
   */
  readonly minify?: boolean;
  /**
   * Ships a source map, without sources, beside the code and lets Node.js use it in stack traces.
   * @default true
   */
  readonly sourceMap?: boolean;
  /**
   * Packages that are not put in, because a layer or the runtime brings them. Name `@aws-sdk/*` to use the SDK of
   * the runtime.
   * @default - everything is put in, the SDK too
   */
  readonly external?: readonly string[];
  /**
   * Identifiers replaced by constants, as esbuild's `define`.
   * @default - none
   */
  readonly define?: Readonly<Record<string, string>>;
  /**
   * esbuild loaders by file extension, for example `{ ".graphql": "text" }`.
   * @default - esbuild's own
   */
  readonly loader?: Readonly<Record<string, Loader>>;
  /**
   * Fields of `package.json` that name a package's main file, the preferred first.
   * @default ["module", "main"]
   */
  readonly mainFields?: readonly string[];
  /**
   * JavaScript put before the code.
   * @default - none
   */
  readonly banner?: string;
  /**
   * Path of a `tsconfig.json`, relative to the project's folder.
   * @default - the nearest one above each file
   */
  readonly tsconfig?: string;
  /**
   * Files and folders put beside the code: path in the package to path relative to the project's folder.
   * @default - none
   */
  readonly copy?: Readonly<Record<string, string>>;
}

/** Completes the options of a function that runs on Node.js. */
export function completeBundlingOptions(
  options: BundlingOptions,
  runtime: Runtime,
  projectFolder: string,
): BundleOptions {
  return {
    format: options.format ?? "esm",
    target: `node${/^nodejs(\d+)/.exec(runtime.name)?.[1] ?? "24"}`,
    minify: options.minify ?? true,
    sourceMap: options.sourceMap ?? true,
    external: [...(options.external ?? [])].sort(),
    define: options.define ?? {},
    loader: options.loader ?? {},
    mainFields: options.mainFields ?? ["module", "main"],
    ...(options.banner === undefined ? {} : { banner: options.banner }),
    ...(options.tsconfig === undefined ? {} : { tsconfig: resolve(projectFolder, options.tsconfig) }),
    copy: Object.entries(options.copy ?? {})
      .map(([to, from]) => ({ to, from: resolve(projectFolder, from) }))
      .sort((a, b) => (a.to < b.to ? -1 : 1)),
  };
}
