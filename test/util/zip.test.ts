import { promisify } from "node:util";
import { fromBuffer, type Entry, type ZipFile } from "yauzl";
import { describe, expect, it } from "vitest";
import { zip } from "../../lib/util/zip.ts";

const open = promisify<Buffer, object, ZipFile>(fromBuffer);

async function entriesOf(bytes: Buffer): Promise<Entry[]> {
  const file = await open(bytes, { lazyEntries: true });
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    file.on("entry", (entry: Entry) => {
      entries.push(entry);
      file.readEntry();
    });
    file.on("end", () => resolve(entries)).on("error", reject);
    file.readEntry();
  });
}

const files = [
  { path: "b/ä.txt", content: Buffer.from("hello ".repeat(100)) },
  { path: "a.sh", content: Buffer.from("x"), executable: true },
];

describe("a zip", () => {
  it("has the same bytes for the same files in any order", async () => {
    expect(await zip(files)).toEqual(await zip(files.toReversed()));
  });

  it("is read back by another implementation, sorted, with modes and a fixed date", async () => {
    const entries = await entriesOf(await zip(files));
    expect(entries.map(({ fileName }) => fileName)).toEqual(["a.sh", "b/ä.txt"]);
    expect(entries.map((entry) => (entry.externalFileAttributes >>> 16).toString(8))).toEqual(["100755", "100644"]);
    expect(entries[1]).toMatchObject({ uncompressedSize: 600, compressionMethod: 8 });
    expect(entries[0]!.getLastModDate().getFullYear()).toBe(1980);
  });
});
