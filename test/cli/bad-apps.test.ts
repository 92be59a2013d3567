import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderError } from "../../lib/cli/render-error.ts";
import { appFailure } from "../../lib/synth/app-failure.ts";
import { appText, BAD_APPS, SOURCES } from "./bad-apps/bad-apps.ts";

const NAMES = Object.keys(BAD_APPS);
let folder: string;
let said: string[];

/** Runs all apps in one process: aws-cdk-lib takes seconds to load. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-bad-apps-"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(SOURCES)) write(path, text);
  const lib = resolve("lib/index.ts");
  const files = NAMES.map((name, index) => {
    write(`bin/app-${index}.ts`, appText(BAD_APPS[name] ?? "", lib));
    return join(folder, `bin/app-${index}.ts`);
  });
  const result = join(folder, "said.json");
  const runner = resolve("test/cli/bad-apps/run-apps.mjs");
  const environment = { ...process.env, CDK_VALIDATION: "false", CDK_OUTDIR: join(folder, "cdk.out") };
  execFileSync(process.execPath, ["--enable-source-maps", runner, result, ...files], {
    cwd: folder,
    env: environment,
    stdio: "pipe",
  });
  said = JSON.parse(readFileSync(result, "utf8")) as string[];
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a bad app is shown as an error, and not as a crash:", () => {
  const expected = JSON.parse(readFileSync(new URL("./bad-apps/expected.json", import.meta.url), "utf8")) as Readonly<
    Record<string, readonly string[]>
  >;

  it.each(NAMES.map((name, index) => [name, index] as const))("%s", (name, index) => {
    const errorOutput = said[index] ?? "";
    expect(errorOutput, "the app throws").not.toBe("");
    const result = { exitCode: 1, errorOutput };
    const lines = renderError(appFailure("node bin/app.ts", result, folder)).flatMap((line) => line.split("\n"));
    const text = lines
      .join("\n")
      .replaceAll(folder, "<project>")
      .replaceAll(/bin\/app-\d+\.ts/g, "bin/app.ts");
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(text).not.toMatch(/node_modules|\/lib\/constructs\/|\n\s+at .*aws-cdk-lib|node:internal/);
    expect(text.split("\n")).toEqual(expected[name]);
  });
});
