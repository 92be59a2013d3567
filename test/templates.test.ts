import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const starters = readdirSync(join(root, "templates")).sort();
const text = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifest = (...path: string[]) => JSON.parse(text(...path, "package.json")) as Manifest;
const pinsOf = ({ dependencies, devDependencies }: Manifest) => ({ ...dependencies, ...devDependencies });

/** Sources of a starter, relative to the repository's root. */
function sourcesOf(starter: string): string[] {
  const folder = join("templates", starter);
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}

/** The packages that a starter's sources import, without Node's own. */
function importsOf(starter: string): string[] {
  const found = sourcesOf(starter).flatMap((path) => [...text(path).matchAll(/ from "((?:@[^/"]+\/)?[^./"][^/"]*)/g)]);
  return [...new Set(found.map(([, name]) => name!).filter((name) => !name.startsWith("node:")))].sort();
}

describe.each(starters)("the starter %s", (starter) => {
  test("says what it is, what it is for, what it costs when idle and where it breaks", () => {
    const [title, summary, ...rest] = text("templates", starter, "README.md").split("\n\n");
    expect(title).toMatch(/^# .+$/);
    expect(summary!.length).toBeGreaterThan(10);
    const words = rest.join("\n\n");
    for (const word of ["For", "Idle", "Breaks"]) expect(words).toMatch(new RegExp(`^\\*\\*${word}\\*\\* `, "m"));
    expect(words).toContain("    npx tidegate deploy");
  });

  test("pins what this repository pins, and what it imports", () => {
    const own = manifest("templates", starter);
    const { tidegate, ...pins } = pinsOf(own);
    const repository = manifest();
    expect(own.name).toBe(starter);
    expect(tidegate).toBe(repository.version);
    const ours = pinsOf(repository);
    expect(pins).toEqual(Object.fromEntries(Object.keys(pins).map((name) => [name, ours[name]])));
    const tools = { "aws-cdk-lib": "", tidegate: "", vitest: "" };
    expect(Object.keys({ ...own.dependencies, ...tools }).sort()).toEqual(importsOf(starter));
  });

  test("is set up as the others are", () => {
    const [first = ""] = starters;
    for (const file of ["cdk.json", "tsconfig.json", "gitignore", "vitest.config.ts"]) {
      expect(text("templates", starter, file)).toBe(text("templates", first, file));
    }
    expect(manifest("templates", starter).scripts).toEqual(manifest("templates", first).scripts);
  });
});

describe("all starters", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tidegate-starters-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("hold by their own types, with this package's", () => {
    const { compilerOptions } = JSON.parse(text("templates", starters[0]!, "tsconfig.json")) as {
      compilerOptions: object;
    };
    const here = {
      rootDir: root,
      typeRoots: [join(root, "node_modules/@types")],
      paths: {
        tidegate: [join(root, "lib/index.ts")],
        "tidegate/runtime": [join(root, "lib/runtime/runtime.ts")],
        "tidegate/testing": [join(root, "lib/testing/testing.ts")],
      },
    };
    const files = starters.flatMap(sourcesOf).map((path) => join(root, path));
    const config = join(folder, "tsconfig.json");
    writeFileSync(config, JSON.stringify({ compilerOptions: { ...compilerOptions, ...here }, files }));
    expect(typeErrors(config)).toBe("");
  });
});

function typeErrors(config: string): string {
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config], { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  }
}
