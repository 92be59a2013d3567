import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const DIST = join(import.meta.dirname, "../../dist/lib/cli");

/** The packages that a process loads for some modules of the compiled command line. */
function packagesOf(...files: string[]): string[] {
  const code = `
    const { registerHooks } = await import("node:module");
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    for (const file of ${JSON.stringify(files)}) await import(${JSON.stringify(DIST)} + "/" + file);
    console.log(JSON.stringify(urls));`;
  const options = ["--input-type=module", "-e", code];
  const urls = JSON.parse(execFileSync(process.execPath, options, { encoding: "utf8" })) as string[];
  const names = urls.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

test("the command line and `synth` load no client of AWS: that took longer than the rest of their start", () => {
  expect(packagesOf("run-command-line.js", "verbs/synth-run.js")).toEqual(["commander"]);
  expect(packagesOf("verbs/deploy-run.js")).toContain("@aws-sdk/client-cloudformation");
});
