import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bundle, BundleOptions, BundleOutcome } from "../../lib/bundle/bundle-request.ts";
import { Bundler } from "../../lib/bundle/bundler.ts";
import { sha256 } from "../../lib/bundle/file-hashes.ts";
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

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-bundle-"));
  write("package.json", '{"type":"module"}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** A bundler without memory: each is a new run. */
function newRun(): Bundler {
  return new Bundler(folder);
}

function outcome(entry: string, options: Partial<BundleOptions> = {}, bundler = newRun()): BundleOutcome {
  const request = { entry: join(folder, entry), exportName: "handler", options: { ...OPTIONS, ...options } };
  return bundler.add({ ...request, constructPath: `App/${entry}` }).outcome();
}

function bundle(entry: string, options: Partial<BundleOptions> = {}, bundler = newRun()): Bundle {
  const result = outcome(entry, options, bundler);
  if ("failure" in result) throw new Error(result.failure.problems.join("\n"));
  return result.bundle;
}

function files(made: Bundle): Map<string, string> {
  return readZip(readFileSync(made.zipFile));
}

/** What the package's handler answers in a Node.js process of its own. */
function answerOf(made: Bundle): unknown {
  for (const [name, content] of files(made)) write(`out/${name}`, content);
  const script = 'import { handler } from "./out/index.mjs"; process.stdout.write(JSON.stringify(await handler()));';
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" }),
  );
}

function cacheFiles(): string[] {
  return readdirSync(join(folder, ".tidegate/cache/bundles"));
}

describe("a package", () => {
  test.each([
    ["a.cjs", 'exports.handler = async () => require("node:path").join("a", "b");'],
    ["a.cts", 'import path = require("node:path");\nexport = { handler: async () => path.join("a", "b") };'],
    ["old/a.js", 'module.exports = { handler: async () => require("./part.js").join("a", "b") };'],
  ])("is a CommonJS module where the entry %s is one, beside entries that are not", (entry, source) => {
    write("old/package.json", "{}");
    write("old/part.js", 'exports.join = require("node:path").join;');
    write(entry, source);
    write("b.ts", 'export const handler = async () => "b";');
    const bundler = newRun();
    const request = { exportName: "handler", options: OPTIONS, constructPath: "App" };
    const [old, modern] = [entry, "b.ts"].map((path) => bundler.add({ ...request, entry: join(folder, path) }));
    const outcomes = [old!.outcome(), modern!.outcome()];
    const [first, second] = outcomes.map((each) => ("bundle" in each ? [...files(each.bundle).keys()] : each.failure));
    expect(first).toEqual(["index.js", "index.js.map"]);
    expect(second).toEqual(["index.mjs", "index.mjs.map"]);
    const made = bundle(entry);
    expect(made.exports).toBeUndefined();
    for (const [name, content] of files(made)) write(`out/${name}`, content);
    write("out/package.json", "{}");
    const script = 'require("./out/index.js").handler().then((answer) => process.stdout.write(answer));';
    expect(execFileSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8" })).toBe(join("a", "b"));
  });

  test("is an ES module with its source map, and runs", () => {
    write("shared.ts", "export const greet = (name: string): string => `hello ${name}`;");
    write("a.ts", 'import { greet } from "./shared.ts";\nexport const handler = async () => greet("you");');
    const made = bundle("a.ts");
    const contents = files(made);
    expect([...contents.keys()]).toEqual(["index.mjs", "index.mjs.map"]);
    const map = JSON.parse(contents.get("index.mjs.map")!) as { sources: string[]; sourcesContent?: unknown };
    expect(map.sources).toEqual(["../shared.ts", "../a.ts"]);
    expect(map).not.toHaveProperty("sourcesContent");
    expect(made.exports).toEqual(["handler"]);
    expect(answerOf(made)).toBe("hello you");
  });

  test("can require what was not inlined", () => {
    write("node_modules/old/package.json", '{"type":"commonjs"}');
    write("node_modules/old/index.js", 'module.exports = { sep: require("node:path").sep, late: (n) => require(n) };');
    write("a.ts", 'import old from "old";\nexport const handler = () => old.late("node:os").EOL;');
    expect(answerOf(bundle("a.ts"))).toBe("\n");
  });

  test("has the same bytes alone and beside others, in any order", () => {
    const names = Array.from({ length: 30 }, (_, index) => `f${index}.ts`);
    write("shared.ts", "export const long = (someArgument: number) => someArgument * 2;");
    for (const [index, name] of names.entries()) {
      write(
        name,
        `import { long } from "./shared.ts";\nexport const handler = (event: number) => long(event) + ${index};`,
      );
    }
    const together = newRun();
    const tickets = names.map((name) => ({ name, made: () => bundle(name, {}, together) }));
    for (const name of names) {
      together.add({ entry: join(folder, name), exportName: "handler", options: OPTIONS, constructPath: name });
    }
    const hashes = new Map(tickets.toReversed().map(({ name, made }) => [name, made().zipSha256]));
    rmSync(join(folder, ".tidegate"), { recursive: true });
    for (const name of names.slice(0, 3)) expect(bundle(name).zipSha256).toBe(hashes.get(name));
  });

  test("holds copied files and folders, and knows when they change", () => {
    write("a.ts", "export const handler = () => 1;");
    write("data/deep/rates.json", "{}");
    write("schema.graphql", "type Query { a: Int }");
    const copy = [
      { from: join(folder, "data"), to: "data" },
      { from: join(folder, "schema.graphql"), to: "schema.graphql" },
    ];
    const first = bundle("a.ts", { copy });
    expect([...files(first).keys()]).toEqual(["data/deep/rates.json", "index.mjs", "index.mjs.map", "schema.graphql"]);
    write("data/deep/rates.json", '{"eur":1}');
    expect(bundle("a.ts", { copy }).contentHash).not.toBe(first.contentHash);
  });

  test("leaves out what is external, and follows define, loader, banner, tsconfig and format", () => {
    write("node_modules/pkg/index.js", 'export const inPackage = "inlined";');
    write("query.graphql", "query Q");
    write("base.json", '{"compilerOptions":{"paths":{"#x":["./x.ts"]}}}');
    write("other.json", '{"extends":"./base.json"}');
    write("x.ts", 'export const x = "by path";');
    write(
      "a.ts",
      'import { inPackage } from "pkg"; import q from "./query.graphql"; import { x } from "#x";\n' +
        "declare const STAGE: string;\nexport const handler = () => [inPackage, q, x, STAGE];",
    );
    const options: Partial<BundleOptions> = {
      external: ["pkg"],
      define: { STAGE: '"prod"' },
      loader: { ".graphql": "text" },
      banner: "/* mine */",
      tsconfig: join(folder, "other.json"),
    };
    const code = files(bundle("a.ts", options)).get("index.mjs")!;
    expect(code).toContain('from"pkg"');
    expect(code).toContain("query Q");
    expect(code).toContain("by path");
    expect(code).toContain('"prod"');
    expect(code).toContain("/* mine */");
    const common = files(bundle("a.ts", { ...options, format: "cjs", sourceMap: false }));
    expect([...common.keys()]).toEqual(["index.js"]);
    expect(common.get("index.js")).toContain('require("pkg")');
  });

  test("holds the files that its loaders emit, beside the code that refers to them", () => {
    write("page.html", "<p>");
    write("a.ts", 'import page from "./page.html";\nexport const handler = () => page;');
    write("b.ts", 'import page from "./page.html";\nexport const handler = () => page;');
    const bundler = newRun();
    const made = ["a.ts", "b.ts"].map((name) => bundle(name, { loader: { ".html": "file" } }, bundler));
    const names = [...files(made[0]!).keys()];
    expect(names).toEqual(["index.mjs", "index.mjs.map", expect.stringMatching(/^page-\w+\.html$/)]);
    expect(answerOf(made[0]!)).toBe(`./${names[2]}`);
  });

  test.each<[string, BundleOptions["copy"], string]>([
    ["is missing", [{ from: "/nowhere/x", to: "x" }], "there is no /nowhere/x"],
    ["would be outside of the package", [{ from: "/etc/hostname", to: "../x" }], "'../x' is outside of the package"],
    [
      "has the name of the code",
      [{ from: "/etc/hostname", to: "Index.mjs" }],
      "two files of the package are called 'Index.mjs'",
    ],
  ])("fails when a copied file %s", (_, copy, problem) => {
    write("a.ts", "export const handler = () => 1;");
    expect(outcome("a.ts", { copy })).toEqual({ failure: { problems: [expect.stringContaining(problem)] } });
  });

  test("fails when a copied folder has a link that leads out", () => {
    write("a.ts", "export const handler = () => 1;");
    write("data/inside.txt", "1");
    symlinkSync("/etc/hostname", join(folder, "data/link"));
    const copy = [{ from: join(folder, "data"), to: "data" }];
    expect(outcome("a.ts", { copy })).toEqual({
      failure: { problems: [expect.stringContaining("leads to /etc/hostname")] },
    });
  });

  test("reports its largest modules", () => {
    write("big.ts", `export const big = ${JSON.stringify("x".repeat(5000))};`);
    write("a.ts", 'import { big } from "./big.ts";\nexport const handler = () => big;');
    expect(bundle("a.ts").largestModules[0]).toEqual({ path: "big.ts", bytes: expect.any(Number) });
  });

  test("fails with file, line and column, for the function whose code it is", () => {
    write("good.ts", "export const handler = () => 1;");
    write("bad.ts", 'import { x } from "./missing.ts";\nexport const handler = () => x;');
    const bundler = newRun();
    const [good, bad] = ["good.ts", "bad.ts"].map((entry) =>
      bundler.add({ entry: join(folder, entry), exportName: "handler", options: OPTIONS, constructPath: entry }),
    );
    expect(good!.outcome()).toHaveProperty("bundle");
    expect(bad!.outcome()).toEqual({
      failure: {
        problems: ['entry: bad.ts:1:19: Could not resolve "./missing.ts"\n  import { x } from "./missing.ts";'],
      },
    });
  });
});

describe("the cache", () => {
  const before = {
    shared: "export const n = 1;",
    entry: 'import { n } from "./shared";\nexport const handler = () => n;',
  };

  beforeEach(() => {
    write("shared.ts", before.shared);
    write("src/a.ts", before.entry.replace("./shared", "../shared"));
    write("node_modules/pkg/package.json", '{"name":"pkg","main":"one.js"}');
    write("node_modules/pkg/one.js", "module.exports = 1;");
    write("node_modules/pkg/two.js", "module.exports = 2;");
    write("b.ts", 'import pkg from "pkg";\nexport const handler = () => pkg;');
  });

  test("gives the package again without building it", () => {
    const first = bundle("src/a.ts");
    const names = cacheFiles();
    expect(bundle("src/a.ts")).toEqual(first);
    expect(cacheFiles()).toEqual(names);
  });

  test.each<[string, string, () => void]>([
    ["a file that it is made of changes", "src/a.ts", () => write("shared.ts", "export const n = 2;")],
    ["a new file is resolved instead", "src/a.ts", () => write("shared.tsx", "export const n = 2;")],
    [
      "a package's main file becomes another",
      "b.ts",
      () => write("node_modules/pkg/package.json", '{"main":"two.js"}'),
    ],
    [
      "a tsconfig.json appears",
      "src/a.ts",
      () => write("tsconfig.json", '{"compilerOptions":{"paths":{"*":["./x/*"]}}}'),
    ],
    ["packages are installed", "b.ts", () => write("node_modules/.package-lock.json", "{}")],
  ])("builds again when %s", (_, entry, change) => {
    bundle(entry);
    const key = cacheFiles().find((name) => name.endsWith(".json"));
    const record = () => readFileSync(join(folder, ".tidegate/cache/bundles", key!), "utf8");
    const first = record();
    change();
    bundle(entry);
    expect(record()).not.toBe(first);
  });

  test.each(["", "truncated", "flipped"])("builds again when the package in it is damaged (%s)", (how) => {
    const first = bundle("src/a.ts");
    const content = readFileSync(first.zipFile);
    if (how === "truncated") writeFileSync(first.zipFile, content.subarray(0, 40));
    else if (how === "") writeFileSync(first.zipFile, "");
    else writeFileSync(first.zipFile, content.fill(content[30]! ^ 1, 30, 31));
    const second = bundle("src/a.ts");
    expect(sha256(readFileSync(second.zipFile))).toBe(first.zipSha256);
  });

  test("builds again when its record is damaged", () => {
    const first = bundle("src/a.ts");
    const record = join(
      folder,
      ".tidegate/cache/bundles",
      cacheFiles().find((name) => name.endsWith(".json"))!,
    );
    writeFileSync(record, readFileSync(record, "utf8").replace(first.contentHash, "0".repeat(64)));
    expect(bundle("src/a.ts").contentHash).toBe(first.contentHash);
  });

  test("serves two runs at once", () => {
    const [one, other] = [newRun(), newRun()];
    const request = { entry: join(folder, "b.ts"), exportName: "handler", options: OPTIONS, constructPath: "b" };
    const tickets = [one.add(request), other.add(request)];
    const [first, second] = tickets.map((ticket) => ticket.outcome());
    expect(first).toEqual(second);
    expect(cacheFiles().filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
