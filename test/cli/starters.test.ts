import { execFile } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { linkModules } from "../helpers/project.ts";

const root = new URL("../..", import.meta.url).pathname;
const starters = readdirSync(join(root, "templates"));
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const own = JSON.parse(read("package.json")) as Manifest;
const pinned: Readonly<Record<string, string>> = {
  ...own.dependencies,
  ...own.devDependencies,
  tidegate: own.version,
};

describe.each(starters)("the starter %s", (name) => {
  it("says what it is for, what it costs when idle and where it breaks", () => {
    const readme = read("templates", name, "README.md");
    expect(readme).toMatch(/^# .+\n\n[A-Z]/);
    for (const words of [/^\*\*For\*\* /m, /^\*\*Idle\*\* /m, /^\*\*Breaks\*\* /m, /npx tidegate deploy/]) {
      expect(readme).toMatch(words);
    }
  });

  it("pins what this version was tested with", () => {
    const manifest = JSON.parse(read("templates", name, "package.json")) as Manifest;
    expect(manifest.name).toBe(name);
    const given = { ...manifest.dependencies, ...manifest.devDependencies };
    const expected = Object.fromEntries(Object.keys(given).map((library) => [library, pinned[library]]));
    expect(given).toEqual(expected);
  });

  it("imports what it pins, and pins what it imports", () => {
    const sources = globSync(`templates/${name}/{bin,functions}/**/*.ts`, { cwd: root }).map((path) => read(path));
    const names = sources.flatMap((text) => [...text.matchAll(/from "(@?[a-z][^"]*)"/g)].map(([, from]) => from!));
    const libraries = names
      .filter((from) => !from.startsWith("node:"))
      .map((from) => /^(@[^/]+\/)?[^/]+/.exec(from)![0]);
    const { dependencies, devDependencies } = JSON.parse(read("templates", name, "package.json")) as Manifest;
    const aside = new Set(["@types/node", "constructs", "typescript"]);
    const given = Object.keys({ ...dependencies, ...devDependencies }).filter((library) => !aside.has(library));
    expect([...new Set(libraries)].filter((library) => !aside.has(library)).sort()).toEqual(given.sort());
  });
});

describe("all starters", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-starters-"));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("pass the strict types that they come with", async () => {
    linkModules(folder);
    cpSync(join(root, "templates"), folder, { recursive: true });
    const configuration = JSON.parse(read("templates/todo/tsconfig.json")) as object;
    const include = starters.flatMap((name) => [`${name}/bin`, `${name}/functions`]);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...configuration, include }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const run = promisify(execFile)(process.execPath, [tsc], { cwd: folder });
    // What the compiler says is on standard output, also where it fails.
    expect(await run.catch((error: unknown) => error)).toMatchObject({ stdout: "" });
  });
});
