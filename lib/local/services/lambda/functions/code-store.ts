import { mkdirSync, writeFileSync } from "node:fs";
import { readdir, realpath, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { BlobStore } from "../../../state/blobs.ts";
import type { Cloud, RequestContext } from "../../../service.ts";
import { BadArchive, unpack } from "../../../runtime/unpack.ts";
import { invalidParameter } from "../errors.ts";

const LARGEST_DIRECT_ZIP_BYTES = 52_428_800;

/** Where a caller says that code comes from. */
export interface CodeSource {
  readonly ZipFile?: Uint8Array;
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
}

/** Code that was taken over. */
export interface StoredCode {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Keeps code packages, and unpacks each once for all functions that run it. */
export class CodeStore {
  readonly #cloud: Cloud;
  readonly #folders = new Map<string, Promise<string>>();
  readonly zips: BlobStore;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.zips = cloud.blobs.room("lambda");
  }

  /** Takes the package over: fetched, hashed, and unpacked whole, or refused in AWS's words. */
  async receive(source: CodeSource, context: RequestContext): Promise<StoredCode> {
    const staged = await this.zips.stage(await this.#bytesOf(source, context));
    await staged.keep();
    const { sha256, sizeBytes } = staged;
    try {
      await this.folderOf(sha256);
    } catch (error) {
      await this.zips.delete(sha256);
      throw asRefusal(error);
    }
    return { sha256, sizeBytes };
  }

  /** The folder with the unpacked code; created again when it was deleted from outside. */
  async folderOf(sha256: string): Promise<string> {
    const known = this.#folders.get(sha256);
    if (known !== undefined && (await exists(await known))) return known;
    const folder = this.#unpack(sha256);
    this.#folders.set(sha256, folder);
    folder.catch(() => this.#folders.delete(sha256));
    return folder;
  }

  /** Deletes unreferenced packages, and code unpacked from them. Only while no package is being received. */
  async sweep(used: ReadonlySet<string>): Promise<void> {
    for (const sha256 of await this.zips.list()) if (!used.has(sha256)) await this.zips.delete(sha256);
    const folder = join(this.#cloud.scratchFolder, "lambda", "code");
    for (const name of await readdir(folder).catch(() => []))
      if (!used.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }

  async #unpack(sha256: string): Promise<string> {
    const parent = join(this.#cloud.scratchFolder, "lambda", "code");
    mkdirSync(parent, { recursive: true });
    // Code without a package.json of its own must not take the user's project for its package.
    writeFileSync(join(parent, "..", "package.json"), "{}\n");
    const target = join(parent, sha256);
    if (!(await exists(target))) await unpack(this.zips.path(sha256), target);
    return await realpath(target);
  }

  async #bytesOf(source: CodeSource, context: RequestContext): Promise<Uint8Array | Readable> {
    if (source.ZipFile !== undefined) {
      if (source.ZipFile.byteLength === 0) throw invalidParameter("Uploaded file must be a non-empty zip");
      if (source.ZipFile.byteLength > LARGEST_DIRECT_ZIP_BYTES)
        throw new AwsError(
          "RequestEntityTooLargeException",
          `Zipped size must be smaller than ${LARGEST_DIRECT_ZIP_BYTES} bytes`,
          { statusCode: 413 },
        );
      return source.ZipFile;
    }
    if (source.S3Bucket === undefined || source.S3Key === undefined)
      throw invalidParameter("Please provide a source for function code.");
    return await this.#fromS3(source.S3Bucket, source.S3Key, source.S3ObjectVersion, context);
  }

  async #fromS3(
    Bucket: string,
    Key: string,
    VersionId: string | undefined,
    { region }: RequestContext,
  ): Promise<Readable> {
    try {
      const { Body } = await this.#cloud.call("s3", "GetObject", { Bucket, Key, VersionId }, { region });
      return Body as unknown as Readable;
    } catch (error) {
      if (!isAwsError(error)) throw error;
      throw invalidParameter(
        `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
      );
    }
  }
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof BadArchive)) return error;
  if (error.code === "ArchiveTooLarge") return invalidParameter(error.message);
  return invalidParameter("Could not unzip uploaded file. Please check your file, then try to upload again.");
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
