import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, asyncProperty, array, string, stringMatching, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";
import { contentHash, zip } from "../../lib/bundle/zip.ts";
import { readZip } from "../helpers/read-zip.ts";

const entry = (name: string, text: string, executable = false) => ({ name, content: Buffer.from(text), executable });

describe("a zip", () => {
  test("holds what was put in, for any content", async () => {
    const names = uniqueArray(stringMatching(/^[a-zé/._-]{1,30}$/), { maxLength: 8 });
    await assert(
      asyncProperty(names, array(string({ unit: "grapheme", maxLength: 300 })), async (keys, texts) => {
        const entries = keys.map((name, index) => entry(name, texts[index] ?? ""));
        const read = readZip(await zip(entries));
        expect(read).toEqual(new Map([...entries].sort(byName).map(({ name, content }) => [name, content.toString()])));
      }),
      { numRuns: 50 },
    );
  });

  test("has the same bytes in any order of its files", async () => {
    const entries = [entry("b", "2"), entry("a", "1"), entry("a/c", "3")];
    expect(await zip(entries)).toEqual(await zip(entries.toReversed()));
    expect(contentHash(entries)).toBe(contentHash(entries.toReversed()));
  });

  test("has another hash for another name, mode or content", () => {
    const hashes = [[entry("a", "1")], [entry("b", "1")], [entry("a", "2")], [entry("a", "1", true)], []].map(
      contentHash,
    );
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("is read by another program, with its modes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tidegate-zip-"));
    try {
      writeFileSync(join(folder, "a.zip"), await zip([entry("index.mjs", "x"), entry("bin/tool", "y", true)]));
      const script = `import sys, zipfile
z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
for i in z.infolist(): print(i.filename, oct(i.external_attr >> 16), i.date_time[0], z.read(i).decode())`;
      const told = execFileSync("python3", ["-c", script, join(folder, "a.zip")], { encoding: "utf8" });
      expect(told).toBe("bin/tool 0o100755 1980 y\nindex.mjs 0o100644 1980 x\n");
      expect(statSync(join(folder, "a.zip")).size).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
