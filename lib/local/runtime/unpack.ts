import { randomUUID } from "node:crypto";
import { chmodSync, createWriteStream, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { chmod, mkdir, realpath, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { inflateRawSync } from "node:zlib";
import * as yauzl from "yauzl";
import { UserError } from "../../errors.ts";

/** The most that code and layers may hold unpacked, by AWS's quota. */
export const LARGEST_UNPACKED_BYTES = 262_144_000;

const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;
const LONGEST_LINK_BYTES = 4096;

/** The archive is not one that may be unpacked: damaged, hostile, or too large. */
export class BadArchive extends UserError {
  constructor(reason: "unreadable" | "too large", message: string) {
    super(reason === "too large" ? "ArchiveTooLarge" : "ArchiveUnreadable", message, {
      fix: "Build the archive again from plain files with relative paths.",
    });
  }
}

/** Up to so many bytes an archive is read at once, and its files are written within one turn of the event loop each. */
const SMALL_BYTES = 1024 * 1024;
const MOST_AT_ONCE_BYTES = 2 * 1024 * 1024;
const DEFLATED = 8;

/** Unpacks the zip at `path` into the new folder `target`: the whole of it, or nothing. */
export async function unpack(path: string, target: string): Promise<{ sizeBytes: number }> {
  const incoming = `${target}.${randomUUID()}`;
  try {
    await mkdir(incoming, { recursive: true });
    const sizeBytes = await unpackInto(path, incoming);
    await rename(incoming, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
    return { sizeBytes };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

/** Unpacks the zip over what is in `folder` already. Returns the unpacked size. */
export async function unpackInto(path: string, folder: string): Promise<number> {
  const zip = await open(path);
  const seen = new Set<string>();
  const links: { at: string; to: string }[] = [];
  let sizeBytes = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const name = checkedName(entry, seen);
      if (name.endsWith("/")) {
        await mkdir(join(folder, name), { recursive: true });
        continue;
      }
      const count = (bytes: number) => {
        sizeBytes += bytes;
        if (sizeBytes > LARGEST_UNPACKED_BYTES)
          throw new BadArchive("too large", `Unzipped size must be smaller than ${LARGEST_UNPACKED_BYTES} bytes`);
      };
      if (isLink(entry)) links.push({ at: name, to: await readLink(zip, entry, name) });
      else await extract(zip, entry, join(folder, name), count);
    }
  } catch (error) {
    throw error instanceof BadArchive
      ? error
      : new BadArchive("unreadable", `The archive is damaged: ${String(error)}`);
  } finally {
    zip.close();
  }
  // Links come last, so that no file is ever written through one.
  for (const { at, to } of links) await placeLink(folder, at, to);
  return sizeBytes;
}

async function open(path: string): Promise<yauzl.ZipFile> {
  const options = { autoClose: false, strictFileNames: true };
  try {
    if (statSync(path).size <= SMALL_BYTES) return await yauzl.fromBufferPromise(readFileSync(path), options);
    return await yauzl.openPromise(path, options);
  } catch (error) {
    throw new BadArchive("unreadable", `The archive cannot be read: ${String(error)}`);
  }
}

function checkedName(entry: yauzl.Entry, seen: Set<string>): string {
  const name = entry.fileName;
  const problem = yauzl.validateFileName(name);
  if (problem !== null || name.includes("\0"))
    throw new BadArchive("unreadable", `The archive has a bad entry: ${problem}`);
  const folded = posix.normalize(name).toLowerCase();
  if (seen.has(folded)) throw new BadArchive("unreadable", `The archive has two entries named ${JSON.stringify(name)}`);
  seen.add(folded);
  return name;
}

function modeOf(entry: yauzl.Entry): number {
  return entry.externalFileAttributes >>> 16;
}

function isLink(entry: yauzl.Entry): boolean {
  return (modeOf(entry) & FILE_TYPE) === SYMBOLIC_LINK;
}

async function readLink(zip: yauzl.ZipFile, entry: yauzl.Entry, name: string): Promise<string> {
  if (entry.uncompressedSize > LONGEST_LINK_BYTES) throw new BadArchive("unreadable", `The link ${name} is too long`);
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const to = Buffer.concat(chunks).toString();
  const lands = posix.normalize(posix.join(posix.dirname(name), to));
  // `..` after a name could turn round inside another link, and end up elsewhere than the text says.
  if (posix.isAbsolute(to) || lands === ".." || lands.startsWith("../") || /[^./]\/+\.\.(\/|$)/.test(to))
    throw new BadArchive("unreadable", `The link ${name} leads out of the archive`);
  return to;
}

async function extract(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  path: string,
  count: (bytes: number) => void,
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  if (entry.uncompressedSize <= MOST_AT_ONCE_BYTES) return extractAtOnce(zip, entry, path, count);
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        count(chunk.length);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), counted, createWriteStream(path));
  if ((modeOf(entry) & 0o111) !== 0) await chmod(path, 0o755);
}

/** Without a thread for each step: what a saved file brings is live the sooner. */
async function extractAtOnce(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  path: string,
  count: (bytes: number) => void,
): Promise<void> {
  const isDeflated = entry.compressionMethod === DEFLATED;
  const reading = isDeflated ? { decompress: false, decrypt: null, start: null, end: null } : undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry, reading)) chunks.push(chunk as Buffer);
  const packed = Buffer.concat(chunks);
  const maxOutputLength = Math.max(1, entry.uncompressedSize);
  const content = isDeflated ? inflateRawSync(packed, { maxOutputLength }) : packed;
  if (content.length !== entry.uncompressedSize)
    throw new BadArchive("unreadable", `${entry.fileName} has ${content.length} bytes, not ${entry.uncompressedSize}`);
  count(content.length);
  writeFileSync(path, content);
  if ((modeOf(entry) & 0o111) !== 0) chmodSync(path, 0o755);
}

async function placeLink(folder: string, at: string, to: string): Promise<void> {
  const parent = dirname(join(folder, at));
  await mkdir(parent, { recursive: true });
  if ((await realpath(parent)) !== join(await realpath(folder), posix.dirname(at)))
    throw new BadArchive("unreadable", `The link ${at} is behind another link`);
  await symlink(to, join(folder, at)).catch((error: unknown) => {
    throw new BadArchive("unreadable", `The link ${at} cannot be made: ${String(error)}`);
  });
}
