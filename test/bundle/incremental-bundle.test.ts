import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BundleOptions } from "../../lib/bundle/bundle-request.ts";
import { IncrementalBundle } from "../../lib/bundle/incremental-bundle.ts";
import { readZip } from "../helpers/read-zip.ts";

const OPTIONS: BundleOptions = {
  format: "esm",
  target: "node24",
  minify: true,
  sourceMap: true,
  external: [],
  define: {},
  loader: {},
  mainFields: ["module", "main"],
  copy: [],
};

let folder: string;
let bundle: IncrementalBundle;
let unpacked = 0;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-incremental-"));
  write("package.json", '{ "type": "module" }');
  write("node_modules/colours/package.json", '{ "name": "colours", "type": "module", "main": "index.js" }');
  write(
    "node_modules/colours/index.js",
    'export const red = "red"; export const blue = "blue"; export const unused = "grey";',
  );
  write("node_modules/old/package.json", '{ "name": "old" }');
  write("node_modules/old/index.js", 'exports.size = 3; exports.__esModule = true; exports.default = "inner";');
  const request = {
    entry: join(folder, "handler.ts"),
    exportName: "handler",
    options: OPTIONS,
    constructPath: "App/Fn",
  };
  bundle = new IncrementalBundle(request, folder);
});

afterEach(async () => {
  await bundle.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** The names in the package, and what its handler answers. */
async function run(): Promise<{ names: string[]; answer: unknown; inputs: readonly string[]; text: string }> {
  const built = await bundle.build();
  if (built.kind === "failed") throw new Error(built.problems.map(({ frame }) => frame).join("\n"));
  const files = readZip(built.zip);
  const place = join(folder, `unpacked-${++unpacked}`);
  for (const [name, content] of files) write(join(`unpacked-${unpacked}`, name), content);
  const { handler } = (await import(pathToFileURL(join(place, "index.mjs")).href)) as { handler: () => unknown };
  const text = [...files.values()].join("\n");
  return { names: [...files.keys()].toSorted(), answer: handler(), inputs: built.inputs, text };
}

describe("a package that is built again and again", () => {
  it("keeps installed packages apart from the code, with what the code takes of them", async () => {
    write("handler.ts", 'import { red } from "colours"; export const handler = () => `a ${red} one`;');
    const first = await run();
    expect(first.answer).toBe("a red one");
    expect(first.names).toEqual(["index.mjs", "index.mjs.map", "packages/0.mjs", "tidegate-dev.txt"]);
    expect(first.text).not.toContain("grey");
    write("handler.ts", 'import { blue, red } from "colours"; export const handler = () => red + blue;');
    expect((await run()).answer).toBe("redblue");
  });

  it("takes a CommonJS package by name", async () => {
    write("handler.ts", 'import { size } from "old"; export const handler = () => size;');
    const built = await run();
    expect(built.answer).toBe(3);
    expect(built.names).toContain("packages/0.mjs");
  });

  it("leaves types out that only the compiler sees", async () => {
    write("handler.ts", 'import { red, Shade } from "colours"; export const handler = (): Shade => red;');
    expect((await run()).answer).toBe("red");
  });

  it.each([
    ["a namespace", 'import * as colours from "colours"; export const handler = () => Object.keys(colours).length;', 3],
    ["require", 'const { red } = require("colours"); export const handler = () => red;', "red"],
    ["its default export", 'import old from "old"; export const handler = () => typeof old;', "object"],
  ])("is one module where a package is taken by %s", async (_way, code, answer) => {
    write("handler.ts", code);
    const built = await run();
    expect(built.answer).toBe(answer);
    expect(built.names).toEqual(["index.mjs", "index.mjs.map", "tidegate-dev.txt"]);
  });

  it("names every file that it is made of", async () => {
    write("shared/one.ts", "export const one = 1;");
    write("handler.ts", 'import { one } from "./shared/one.ts"; export const handler = () => one;');
    expect((await run()).inputs).toEqual(
      expect.arrayContaining([join(folder, "handler.ts"), join(folder, "shared/one.ts")]),
    );
  });

  it("fails with file, line and code, and recovers", async () => {
    write("handler.ts", "export const handler = () => ;\n");
    const failed = await bundle.build();
    expect(failed).toMatchObject({ kind: "failed", problems: [{ file: "handler.ts", line: 1, column: 30 }] });
    expect(JSON.stringify(failed)).toContain("1 │ export const handler = () => ;");
    write("handler.ts", "export const handler = () => 1;\n");
    expect((await run()).answer).toBe(1);
  });

  it("fails for a file that an editor has just emptied", async () => {
    write("handler.ts", "");
    const failed = await bundle.build();
    expect(failed).toMatchObject({
      kind: "failed",
      problems: [{ text: expect.stringContaining("handler") as string }],
    });
  });
});
