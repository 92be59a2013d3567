import { resolve } from "node:path";
import type { Runtime } from "aws-cdk-lib/aws-lambda";
import type { Charset, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import type { BundleOptions, Loader } from "../bundle/bundle-request.ts";
import type { PropNames } from "./known-props.ts";

/** How esbuild bundles a function's code. The names are those of aws-cdk-lib's `NodejsFunction`. */
export interface BundlingOptions {
  /**
   * Module format of the package. An entry file that is a CommonJS module becomes a CommonJS package either way.
   * @default "esm"
   */
  readonly format?: OutputFormat | `${OutputFormat}`;
  /**
   * The JavaScript that esbuild writes, such as `node22` or `es2022`.
   * @default - the Node.js version of the runtime
   */
  readonly target?: string;
  /**
   * Minifies the code.
   * @default true
   */
  readonly minify?: boolean;
  /**
   * Ships a source map, without sources, beside the code and lets Node.js use it in stack traces.
   * @default true
   */
  readonly sourceMap?: boolean;
  /**
   * Puts the sources into the source map.
   * @default false
   */
  readonly sourcesContent?: boolean;
  /**
   * Keeps the names of functions and classes when the code is minified.
   * @default false
   */
  readonly keepNames?: boolean;
  /**
   * Character set of the code: `ascii` escapes everything else.
   * @default "ascii"
   */
  readonly charset?: Charset | `${Charset}`;
  /**
   * Packages that are left out because a layer or the runtime has them. Name `@aws-sdk/*` to use the SDK of the runtime.
   * @default - none: everything is included, the SDK too
   */
  readonly externalModules?: readonly string[];
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
   * JavaScript before the code.
   * @default - none
   */
  readonly banner?: string;
  /**
   * JavaScript after the code.
   * @default - none
   */
  readonly footer?: string;
  /**
   * Path of a `tsconfig.json`, relative to the project's folder.
   * @default - the nearest one above each file
   */
  readonly tsconfig?: string;
  /**
   * Files and folders beside the code: path in the package to path relative to the project's folder.
   * @default - none
   */
  readonly copy?: Readonly<Record<string, string>>;
}

const NAMES: PropNames<BundlingOptions> = {
  banner: true,
  charset: true,
  copy: true,
  define: true,
  externalModules: true,
  footer: true,
  format: true,
  keepNames: true,
  loader: true,
  mainFields: true,
  minify: true,
  sourceMap: true,
  sourcesContent: true,
  target: true,
  tsconfig: true,
};

/** The names of the options of `bundling`. */
export const BUNDLING_OPTIONS: readonly string[] = Object.keys(NAMES);

/** Completes the options of a function that runs on Node.js. `outcomeOf` names the export whose outcomes are reported. */
export function completeBundlingOptions(
  options: BundlingOptions,
  runtime: Runtime,
  projectFolder: string,
  outcomeOf?: string,
): BundleOptions {
  return {
    format: options.format ?? "esm",
    target: options.target ?? `node${/^nodejs(\d+)/.exec(runtime.name)?.[1] ?? "24"}`,
    minify: options.minify ?? true,
    sourceMap: options.sourceMap ?? true,
    external: [...(options.externalModules ?? [])].sort(),
    define: options.define ?? {},
    loader: options.loader ?? {},
    mainFields: options.mainFields ?? ["module", "main"],
    ...(options.banner === undefined ? {} : { banner: options.banner }),
    ...(options.footer === undefined ? {} : { footer: options.footer }),
    ...(options.keepNames === undefined ? {} : { keepNames: options.keepNames }),
    ...(options.charset === undefined ? {} : { charset: options.charset }),
    ...(options.sourcesContent === undefined ? {} : { sourcesContent: options.sourcesContent }),
    ...(options.tsconfig === undefined ? {} : { tsconfig: resolve(projectFolder, options.tsconfig) }),
    copy: Object.entries(options.copy ?? {})
      .map(([to, from]) => ({ to, from: resolve(projectFolder, from) }))
      .sort((a, b) => (a.to < b.to ? -1 : 1)),
    ...(outcomeOf === undefined ? {} : { outcomeOf }),
  };
}
