import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  existsSync,
  readlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpack } from "../../../lib/local/runtime/unpack.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-unpack-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Entry {
  readonly name: string;
  readonly body?: Uint8Array | string;
  readonly mode?: number;
}

const LINK = 0o120777;

/** Writes any archive, sound or hostile: names and modes go in as they are. */
function archive(entries: readonly Entry[]): string {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, body = "", mode = 0o100644 } of entries) {
    const bytes = Buffer.from(body);
    const packed = deflateRawSync(bytes);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x0800, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode * 0x10000, 6);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), fields, tail, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  const path = join(folder, "archive.zip");
  writeFileSync(path, Buffer.concat([...parts, directory, Buffer.from("PK\x05\x06"), end]));
  return path;
}

describe("unpacking", () => {
  it("writes files, folders, executables and links that stay inside", async () => {
    const path = archive([
      { name: "a/b.txt", body: "text" },
      { name: "empty/" },
      { name: "bootstrap", body: "#!/bin/sh", mode: 0o100755 },
      { name: "a/link", body: "../bootstrap", mode: LINK },
    ]);
    const target = join(folder, "out");
    expect(await unpack(path, target)).toEqual({ sizeBytes: 13 });
    expect(readFileSync(join(target, "a/b.txt"), "utf8")).toBe("text");
    expect(readdirSync(join(target, "empty"))).toEqual([]);
    expect(statSync(join(target, "bootstrap")).mode & 0o111).toBe(0o111);
    expect(readlinkSync(join(target, "a/link"))).toBe("../bootstrap");
  });

  it.each<[string, Entry[]]>([
    ["a name leads out", [{ name: "../evil" }]],
    ["a name is absolute", [{ name: "/evil" }]],
    ["a name has a backslash", [{ name: "a\\b" }]],
    ["two entries share a name", [{ name: "a" }, { name: "a" }]],
    ["two names differ by case only", [{ name: "A" }, { name: "a" }]],
    ["a link is absolute", [{ name: "l", body: "/etc", mode: LINK }]],
    ["a link leads out", [{ name: "d/l", body: "../../x", mode: LINK }]],
    [
      "links together lead out",
      [
        { name: "d/e/f", body: "-" },
        { name: "d/e/l", body: "../..", mode: LINK },
        { name: "m", body: "d/e/l/../x", mode: LINK },
      ],
    ],
    [
      "a link is behind a link",
      [
        { name: "a/b/c/f", body: "-" },
        { name: "p", body: "a/b", mode: LINK },
        { name: "p/q", body: "..", mode: LINK },
      ],
    ],
    [
      "a file would be written through a link",
      [
        { name: "l", body: "x", mode: LINK },
        { name: "l/f", body: "-" },
      ],
    ],
  ])("fails when %s, and leaves nothing", async (_case, entries) => {
    const target = join(folder, "out");
    await expect(unpack(archive(entries), target)).rejects.toMatchObject({ code: "ArchiveUnreadable" });
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(folder)).toEqual(["archive.zip"]);
  });

  it("fails when it would be too large unpacked, and leaves nothing", async () => {
    const bomb = Buffer.alloc(100 * 1024 * 1024);
    const path = archive([1, 2, 3].map((n) => ({ name: `zeros-${n}`, body: bomb })));
    expect(statSync(path).size).toBeLessThan(1_000_000);
    await expect(unpack(path, join(folder, "out"))).rejects.toMatchObject({
      code: "ArchiveTooLarge",
      message: "Unzipped size must be smaller than 262144000 bytes",
    });
    expect(readdirSync(folder)).toEqual(["archive.zip"]);
  });

  it("fails when the archive is cut off", async () => {
    const path = archive([{ name: "a", body: "text" }]);
    writeFileSync(path, readFileSync(path).subarray(0, 40));
    await expect(unpack(path, join(folder, "out"))).rejects.toMatchObject({ code: "ArchiveUnreadable" });
  });
});
