import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAppCommand } from "../../lib/synth/app-command.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-command-"));
  mkdirSync(join(folder, "bin"));
  for (const name of ["app.ts", "app.js", "app.py"]) writeFileSync(join(folder, "bin", name), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the app's command", () => {
  test.each([
    ["node bin/app.ts", "bin/app.ts", []],
    ["node --enable-source-maps bin/app.js", "bin/app.js", []],
    ["npx ts-node --prefer-ts-exts bin/app.ts", "bin/app.ts", []],
    ["npx -y tsx bin/app.ts", "bin/app.ts", []],
    ["tsx ./bin/app.ts one two", "bin/app.ts", ["one", "two"]],
    ["bin/app.js", "bin/app.js", []],
  ])("%s is a script", (app, entry, given) => {
    expect(parseAppCommand(app, folder)).toEqual({ kind: "script", entry: join(folder, entry), arguments: given });
  });

  test.each([
    ["python3 bin/app.py", "python3", ["bin/app.py"]],
    ["node bin/missing.ts", "node", ["bin/missing.ts"]],
    ["node --import ./hooks.mjs bin/app.ts", "node", ["--import", "./hooks.mjs", "bin/app.ts"]],
    ["npx ts-node -P other.json bin/app.ts", "npx", ["ts-node", "-P", "other.json", "bin/app.ts"]],
    ["mvn -q compile exec:java", "mvn", ["-q", "compile", "exec:java"]],
  ])("%s is a program", (app, program, given) => {
    expect(parseAppCommand(app, folder)).toEqual({ kind: "program", program, arguments: given });
  });

  test.each([
    "A=1 node bin/app.ts",
    "tsc && node bin/app.js",
    "node 'bin/app.ts'",
    "node bin/app.ts > log",
    "node $APP",
  ])("%s is for a shell", (line) => {
    expect(parseAppCommand(line, folder)).toEqual({ kind: "shell", line });
  });
});
