import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readTypeProblems, TypeCheck } from "../../lib/dev/type-check.ts";
import { SILENT_HOST } from "../../lib/io/message.ts";

/** Starts a program that does not end, and waits for it: as `bin/tsc` of TypeScript 7 starts the compiler. */
const LAUNCHER = `
const { spawn } = require("node:child_process");
const { appendFileSync } = require("node:fs");
const { pid } = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
appendFileSync("compilers", pid + "\\n");
`;

describe("a check of types", () => {
  let folder: string;
  let check: TypeCheck;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tidegate-types-"));
    const compiler = join(folder, "node_modules/typescript");
    mkdirSync(join(compiler, "bin"), { recursive: true });
    writeFileSync(join(folder, "package.json"), "{}");
    writeFileSync(join(folder, "tsconfig.json"), "{}");
    writeFileSync(join(compiler, "package.json"), '{ "name": "typescript", "version": "7.0.2" }');
    writeFileSync(join(compiler, "bin/tsc"), LAUNCHER);
    check = new TypeCheck(folder, SILENT_HOST);
  });

  afterEach(() => {
    check.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const compilers = (): number[] => {
    const file = join(folder, "compilers");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
  };

  it("ends with all that it has started, at the next check and at the end of the session", async () => {
    check.request();
    await expect.poll(compilers).toHaveLength(1);
    check.request();
    await expect.poll(compilers).toHaveLength(2);
    await expect.poll(() => compilers().map(isRunning)).toEqual([false, true]);
    check.close();
    await expect.poll(() => compilers().map(isRunning)).toEqual([false, false]);
  });
});

function isRunning(pid: number): boolean {
  try {
    // A process that has ended and that init has not collected yet is a zombie.
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

describe("the compiler's output", () => {
  it("is read line by line, errors only", () => {
    const output = [
      "functions/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
      "  Some more words of the same error.",
      "Found 1 error.",
    ].join("\r\n");
    expect(readTypeProblems(output)).toEqual([
      { file: "functions/a.ts", line: 3, column: 7, text: "TS2322: Type 'string' is not assignable to type 'number'." },
    ]);
  });
});
