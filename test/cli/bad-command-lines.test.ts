import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../lib/cli/run-command-line.ts";

/** Command lines that are wrong, as they are typed in a project with the stages `local` and `prod`, and all that they print. */
const EXPECTED = JSON.parse(readFileSync(new URL("./bad-command-lines.json", import.meta.url), "utf8")) as Readonly<
  Record<string, readonly string[]>
>;

let folder: string;
let home: string;
let argv: string[];
let written: string;

beforeAll(() => {
  home = process.cwd();
  argv = process.argv;
  folder = realpathSync(mkdtempSync(join(tmpdir(), "tidegate-lines-")));
  const stages = { prod: { region: "eu-west-1" } };
  writeFileSync(
    join(folder, "cdk.json"),
    JSON.stringify({ app: "node bin/app.ts", context: { tidegate: { app: "a", stages } } }),
  );
  mkdirSync(join(folder, "full"));
  writeFileSync(join(folder, "full/notes.txt"), "");
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(home);
  process.argv = argv;
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  written = "";
  const take = (chunk: string | Uint8Array) => {
    written += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(take);
  vi.spyOn(process.stderr, "write").mockImplementation(take);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a bad command line ends with its error:", () => {
  it.each(Object.entries(EXPECTED))("tidegate %s", async (line, expected) => {
    const words = line.split(" ");
    process.argv = [process.execPath, "tidegate", ...words];
    const exitCode = await runCommandLine(words);
    const text = written.replaceAll(folder, "<project>").trimEnd();
    expect(exitCode).toBeGreaterThan(0);
    expect(text).not.toMatch(/^\s+at |node_modules|this is a bug/m);
    expect([`exit code ${exitCode}`, ...text.split("\n")]).toEqual(expected);
  });
});
