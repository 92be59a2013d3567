import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { recoverFolder, replaceFolder, stagingName } from "../../lib/synth/replace-folder.ts";

let parent: string;
let target: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "tidegate-replace-"));
  target = join(parent, "cdk.out");
});
afterEach(() => rmSync(parent, { recursive: true }));

function finished(content: string): string {
  const folder = stagingName(target);
  mkdirSync(folder);
  writeFileSync(join(folder, content), content);
  return folder;
}

describe("a finished folder", () => {
  test("takes the place of none, and of an old one with all that is in it", () => {
    replaceFolder(finished("one"), target);
    expect(readdirSync(target)).toEqual(["one"]);
    replaceFolder(finished("two"), target);
    expect(readdirSync(target)).toEqual(["two"]);
    expect(readdirSync(parent)).toEqual(["cdk.out"]);
  });

  test("gives the old one back when a run was killed between the two steps", () => {
    replaceFolder(finished("one"), target);
    renameSync(target, `${target}.old-x`);
    recoverFolder(target);
    expect(readFileSync(join(target, "one"), "utf8")).toBe("one");
  });

  test("leaves nothing behind of a run that was killed after them", () => {
    replaceFolder(finished("one"), target);
    mkdirSync(`${target}.old-x`);
    recoverFolder(target);
    expect(existsSync(`${target}.old-x`)).toBe(false);
    expect(readdirSync(target)).toEqual(["one"]);
  });

  test("removes what a killed run never finished, and leaves what a living one is at", () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    mkdirSync(`${target}.new-${dead}-x`);
    const living = finished("two");
    recoverFolder(target);
    expect(readdirSync(parent)).toEqual([basename(living)]);
  });
});
