import { globSync, readFileSync, mkdtempSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

  test("has types that hold", () => {
    const folder = mkdtempSync(join(tmpdir(), "tidegate-starter-"));
    try {
      cpSync(`templates/${name}`, folder, { recursive: true });
      mkdirSync(join(folder, "node_modules"));
      for (const installed of ["aws-cdk-lib", "constructs", "@aws-sdk", "@smithy", "@types", "undici-types"]) {
        symlinkSync(resolve("node_modules", installed), join(folder, "node_modules", installed));
      }
      const tsconfig = JSON.parse(read(join(folder, "tsconfig.json"))) as { compilerOptions: object };
      const paths = { tidegate: [resolve("lib/index.ts")], "tidegate/runtime": [resolve("lib/runtime/runtime.ts")] };
      const config = writeConfig(folder, { ...tsconfig, compilerOptions: { ...tsconfig.compilerOptions, paths } });
      const told = spawnSync(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", config]);
      expect(told.stdout.toString()).toBe("");
      expect(told.status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function writeConfig(folder: string, config: object): string {
  const path = join(folder, "tsconfig.test.json");
  writeFileSync(path, JSON.stringify(config));
  return path;
}
