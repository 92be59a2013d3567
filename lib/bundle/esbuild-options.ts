import type { BuildOptions } from "esbuild";
import type { BundleOptions } from "./bundle-request.ts";

/** esbuild's ESM output throws on `require` of a package that it could not inline: Lambda's modules have none. */
const REQUIRE_BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/** esbuild's options for a function's code; entries and places are the caller's. */
export function esbuildOptions(options: BundleOptions): BuildOptions {
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

/** With these loaders an entry is more than one file, and refers to the others by their places beside it. */
export function emitsFiles({ loader }: Pick<BundleOptions, "loader">): boolean {
  return Object.values(loader).some((kind) => kind === "file" || kind === "copy");
}
