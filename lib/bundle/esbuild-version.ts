import { createRequire } from "node:module";

/** The version of esbuild, without loading it. */
export function esbuildVersion(): string {
  return (createRequire(import.meta.url)("esbuild/package.json") as { version: string }).version;
}
