/** The least that packaging some functions can cost: esbuild in batches, a hash and a zip each, and nothing else. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { build } from "esbuild";
import { zip } from "../lib/bundle/zip.ts";

const BATCH = 24;
const [count = "1", sdk] = process.argv.slice(2);
const entries = Array.from({ length: Number(count) }, (_, index) => `src/f${index}.ts`);
mkdirSync("floor.out", { recursive: true });
const batches = Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, at) =>
  entries.slice(at * BATCH, (at + 1) * BATCH),
);
for (const batch of batches) await packBatch(batch);

async function packBatch(batch: readonly string[]): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: batch.map((entry) => ({ in: entry, out: `${basename(entry, ".ts")}/index` })),
    outdir: "floor.out",
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    mainFields: ["module", "main"],
    external: sdk === "external" ? ["@aws-sdk/*"] : [],
    outExtension: { ".js": ".mjs" },
    write: false,
    logLevel: "silent",
  });
  const byFolder = Map.groupBy(outputFiles, ({ path }) => basename(dirname(path)));
  await Promise.all(
    [...byFolder].map(async ([name, files]) => {
      const zipped = await zip(files.map(({ path, contents }) => ({ name: basename(path), content: contents })));
      createHash("sha256").update(zipped).digest("hex");
      writeFileSync(`floor.out/${name}.zip`, zipped);
    }),
  );
}
