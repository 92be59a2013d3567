import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What is known of stored bytes. */
export interface BlobInfo {
  /** SHA-256 in hexadecimal: the blob's name. */
  readonly sha256: string;
  /** MD5 in hexadecimal, as S3's ETag wants it. */
  readonly md5: string;
  readonly sizeBytes: number;
}

/**
 * Bytes kept as files that are named by their hash, never by a key that came from outside. Written to a temporary
 * name, flushed, and renamed: a blob is there whole or not at all.
 */
export class BlobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps the bytes and answers once they are on disk. */
  async put(body: Uint8Array | Readable): Promise<BlobInfo> {
    await mkdir(join(this.#folder, "incoming"), { recursive: true });
    const incoming = join(this.#folder, "incoming", randomUUID());
    try {
      const info = await writeAndHash(body, incoming);
      const target = this.path(info.sha256);
      await mkdir(join(target, ".."), { recursive: true });
      await rename(incoming, target);
      return info;
    } catch (error) {
      await rm(incoming, { force: true });
      throw error;
    }
  }

  /** Where the blob's file is. */
  path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  /** Reads the blob, or the bytes from `start` to `end` of it, both included. */
  read(sha256: string, range?: { readonly start: number; readonly end: number }): Readable {
    return createReadStream(this.path(sha256), range);
  }

  async has(sha256: string): Promise<boolean> {
    return stat(this.path(sha256)).then(
      () => true,
      () => false,
    );
  }

  /** Forgets the blob. The caller knows that nothing refers to it any more. */
  async delete(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }
}

async function writeAndHash(body: Uint8Array | Readable, path: string): Promise<BlobInfo> {
  const sha256 = createHash("sha256");
  const md5 = createHash("md5");
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sha256.update(chunk);
      md5.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(body instanceof Readable ? body : Readable.from([body]), count, createWriteStream(path));
  const file = await open(path, "r+");
  await file.sync().finally(() => file.close());
  return { sha256: sha256.digest("hex"), md5: md5.digest("hex"), sizeBytes };
}
