import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const read = (path: string) => readFileSync(path, "utf8");

interface Manifest {
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

const STARTERS = globSync("templates/*/package.json")
  .map((path) => path.split("/")[1]!)
  .sort();

test("the starter 'todo' is this repository's own example", () => {
  const files = globSync("functions/todo/*.ts");
  expect(globSync("templates/todo/functions/todo/*.ts")).toHaveLength(files.length);
  expect(files.map((file) => read(`templates/todo/${file}`))).toEqual(files.map(read));
  expect(read("templates/todo/bin/app.ts")).toBe(read("bin/app.ts").replace('"../lib/index.ts"', '"tidegate"'));
});

describe.each(STARTERS)("the starter '%s'", (name) => {
  test("requires the versions that this repository is tested with", () => {
    const own = JSON.parse(read("package.json")) as Manifest;
    const starter = JSON.parse(read(`templates/${name}/package.json`)) as Manifest;
    const known: Record<string, string> = { ...own.dependencies, ...own.devDependencies, tidegate: own.version };
    const wanted = { ...starter.dependencies, ...starter.devDependencies };
    expect(wanted).toEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, known[name]])));
  });

  test("has the compiler options of all starters, with which test/templates.test.ts checks its types", () => {
    expect(read(`templates/${name}/tsconfig.json`)).toBe(read("templates/todo/tsconfig.json"));
  });
});
