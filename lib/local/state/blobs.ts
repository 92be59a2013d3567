import { createHash, hash, randomUUID } from "node:crypto";
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fsync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { StoreOptions } from "./store.ts";

const flushFile = promisify(fsync);
/** Up to so many bytes are written at once. */
const SMALL_BYTES = 1024 * 1024;

/** What is known of stored bytes. */
export interface BlobInfo {
  /** SHA-256 in hexadecimal: the blob's name. */
  readonly sha256: string;
  /** MD5 in hexadecimal, as in S3's ETag. */
  readonly md5: string;
  readonly sizeBytes: number;
}

/** Bytes that are on disk but not yet a blob: judge them, then keep or discard them. */
export interface StagedBlob extends BlobInfo {
  read(): Readable;
  /** Makes them a blob, durably. */
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/** The bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Bytes kept as files that are named by their hash, never by a key that came from outside. Written to a temporary
 * name, flushed, and renamed: a blob is there whole or not at all.
 */
export class BlobStore {
  readonly #folder: string;
  readonly #isDurable: boolean;
  readonly #arriving = new Set<string>();

  /** Blobs survive a power cut, unless `isDurable` is false. */
  constructor(folder: string, { isDurable = true }: StoreOptions = {}) {
    this.#folder = folder;
    this.#isDurable = isDurable;
  }

  /** A store of its own below this one: two services that keep the same bytes cannot delete them for each other. */
  room(name: string): BlobStore {
    return new BlobStore(join(this.#folder, name), { isDurable: this.#isDurable });
  }

  /** Keeps the bytes and answers once they are on disk. */
  async put(body: Uint8Array | Readable): Promise<BlobInfo> {
    const staged = await this.stage(body);
    await staged.keep();
    return { sha256: staged.sha256, md5: staged.md5, sizeBytes: staged.sizeBytes };
  }

  /** Writes the bytes aside and hashes them; `observe` sees each chunk as it passes. */
  async stage(body: Uint8Array | Readable, observe?: (chunk: Uint8Array) => void): Promise<StagedBlob> {
    const name = randomUUID();
    const path = join(this.#folder, "incoming", name);
    this.#arriving.add(name);
    const discard = () => rm(path, { force: true }).finally(() => this.#arriving.delete(name));
    try {
      mkdirSync(join(this.#folder, "incoming"), { recursive: true });
      const given = body instanceof Readable ? await gatherSmall(body) : body;
      const isSmall = !(given instanceof Readable) && given.length <= SMALL_BYTES;
      const info = isSmall ? writeSmall(given, path, observe) : await writeAndHash(given, path, observe);
      if (this.#isDurable) await flush(path, "r+");
      const keep = () => this.#adopt(path, info.sha256).finally(() => this.#arriving.delete(name));
      return { ...info, read: () => createReadStream(path), keep, discard };
    } catch (error) {
      await discard();
      throw error;
    }
  }

  /** Where the blob's file is. */
  path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  /** Reads the blob, or a range of it. */
  read(sha256: string, range?: ByteRange): Readable {
    return createReadStream(this.path(sha256), range);
  }

  async has(sha256: string): Promise<boolean> {
    return stat(this.path(sha256)).then(
      () => true,
      () => false,
    );
  }

  /** Deletes the blob. The caller knows that nothing refers to it any more. */
  async delete(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  /** Deletes the blob within this turn of the event loop, for callers whose check must still hold when it is gone. */
  deleteNow(sha256: string): void {
    rmSync(this.path(sha256), { force: true });
  }

  /** The names of all blobs, in no order. */
  async list(): Promise<string[]> {
    const folders = (await namesIn(this.#folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    const names = await Promise.all(folders.map((folder) => namesIn(join(this.#folder, folder))));
    return names.flat();
  }

  /** Removes what arrived and was never kept because the process ended; what is arriving now stays. */
  async sweepIncoming(): Promise<void> {
    const incoming = join(this.#folder, "incoming");
    const left = (await namesIn(incoming)).filter((name) => !this.#arriving.has(name));
    await Promise.all(left.map((name) => rm(join(incoming, name), { force: true })));
  }

  async #adopt(incoming: string, sha256: string): Promise<void> {
    const folder = join(this.#folder, sha256.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    renameSync(incoming, join(folder, sha256));
    if (this.#isDurable) await flushFolder(folder);
  }
}

/** The bytes of a stream that is small; a stream of the same bytes for any other. */
async function gatherSmall(body: Readable): Promise<Uint8Array | Readable> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const coming: AsyncIterator<Uint8Array | string> = body[Symbol.asyncIterator]();
  for (let next = await coming.next(); next.done !== true; next = await coming.next()) {
    const chunk = typeof next.value === "string" ? Buffer.from(next.value) : next.value;
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > SMALL_BYTES) return Readable.from(joined(chunks, coming));
  }
  return Buffer.concat(chunks);
}

async function* joined(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array | string>) {
  yield* head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Within this turn of the event loop: each step that is left to a thread waits for it, on a busy machine for long. */
function writeSmall(body: Uint8Array, path: string, observe: ((chunk: Uint8Array) => void) | undefined): BlobInfo {
  observe?.(body);
  writeFileSync(path, body);
  return { sha256: hash("sha256", body, "hex"), md5: hash("md5", body, "hex"), sizeBytes: body.length };
}

async function writeAndHash(
  body: Uint8Array | Readable,
  path: string,
  observe: ((chunk: Uint8Array) => void) | undefined,
): Promise<BlobInfo> {
  const sha256 = createHash("sha256");
  const md5 = createHash("md5");
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sha256.update(chunk);
      md5.update(chunk);
      observe?.(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(body instanceof Readable ? body : Readable.from([body]), count, createWriteStream(path));
  return { sha256: sha256.digest("hex"), md5: md5.digest("hex"), sizeBytes };
}

/** The rename itself must survive a power cut. Windows cannot open folders, and journals its renames. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform !== "win32") await flush(path, "r");
}

async function flush(path: string, flags: string): Promise<void> {
  const file = openSync(path, flags);
  try {
    await flushFile(file);
  } finally {
    closeSync(file);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
