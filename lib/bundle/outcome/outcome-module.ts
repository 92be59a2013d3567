import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type BundleOptions, OUTCOME_MODULE } from "../bundle-request.ts";
import type { ZipEntry } from "../zip.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const REPORTER = import.meta.url.endsWith(".ts") ? "./report-outcome.ts" : "./report-outcome.js";

const made = new Map<string, Promise<ZipEntry>>();

/**
 * The module that connects Lambda and the user's code: it imports the entry's export, wraps it and exports it under the
 * same name. The entry, its source map and its stack traces are unchanged. About 1.5 KB, built once per name.
 */
export function buildOutcomeModule(exportName: string, options: BundleOptions): Promise<ZipEntry> {
  const { format, target, minify } = options;
  const key = JSON.stringify([exportName, format, target, minify]);
  const known = made.get(key) ?? makeModule(exportName, options);
  made.set(key, known);
  return known;
}

async function makeModule(exportName: string, { format, target, minify }: BundleOptions): Promise<ZipEntry> {
  const extension = format === "esm" ? ".mjs" : ".js";
  const entry = `./index${extension}`;
  const contents = [
    `import { ${exportName} as original } from ${JSON.stringify(entry)};`,
    `import { reportOutcome } from ${JSON.stringify(REPORTER)};`,
    `const wrapped = reportOutcome(original);`,
    `export { wrapped as ${exportName} };`,
  ].join("\n");
  const result = await build({
    stdin: { contents, resolveDir: HERE, sourcefile: "outcome.ts", loader: "ts" },
    bundle: true,
    platform: "node",
    external: [entry],
    format,
    target,
    minify,
    write: false,
    logLevel: "silent",
    legalComments: "none",
    tsconfigRaw: {},
  });
  return { name: `${OUTCOME_MODULE}${extension}`, content: result.outputFiles[0]?.contents ?? new Uint8Array() };
}
