import type { DatabaseSync } from "node:sqlite";
import type { Cloud } from "../../service.ts";
import type { BlobStore, StagedBlob } from "../../state/blobs.ts";
import type { Segment } from "./records.ts";

/**
 * Counts which objects and parts refer to which blob. A blob is deleted only after the record that released it is on
 * disk, and only while no request is about to refer to it: a crash in between leaves garbage, which `sweep` collects,
 * never a loss.
 */
export class BlobReferences {
  readonly blobs: BlobStore;
  readonly #cloud: Cloud;
  readonly #pins = new Map<string, number>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.blobs = cloud.blobs.room("s3");
    cloud.store.sql.exec("CREATE TABLE IF NOT EXISTS s3_blobs (sha256 TEXT PRIMARY KEY, refs INTEGER NOT NULL)");
  }

  /** Stores the staged bytes and lets `commit` refer to them; after any failure, unreferenced bytes are released. */
  async keep<T>(staged: StagedBlob, commit: (segments: readonly Segment[]) => T): Promise<T> {
    const { sha256, sizeBytes } = staged;
    if (sizeBytes === 0) {
      await staged.discard();
      return commit([]);
    }
    return this.pinned([sha256], async () => {
      await staged.keep();
      return commit([{ sha256, sizeBytes }]);
    });
  }

  /** Holds blobs in place while `work` decides whether to refer to them. */
  async pinned<T>(hashes: readonly string[], work: () => Promise<T> | T): Promise<T> {
    const letGo = this.hold(hashes);
    try {
      return await work();
    } finally {
      letGo();
    }
  }

  /** Holds blobs in place, say while they are read, until the returned function is called (once). */
  hold(hashes: readonly string[]): () => void {
    for (const hash of hashes) this.#pins.set(hash, (this.#pins.get(hash) ?? 0) + 1);
    return () => {
      for (const hash of hashes) this.#unpin(hash);
      this.#collect(hashes);
    };
  }

  /** Called inside the transaction that writes the record with these segments. */
  add(segments: readonly Segment[]): void {
    const add = this.#sql.prepare("INSERT INTO s3_blobs VALUES (?, 1) ON CONFLICT DO UPDATE SET refs = refs + 1");
    for (const segment of segments) add.run(segment.sha256);
  }

  /** Called inside the transaction that removes the record with these segments. */
  release(segments: readonly Segment[]): void {
    const release = this.#sql.prepare("UPDATE s3_blobs SET refs = refs - 1 WHERE sha256 = ?");
    for (const segment of segments) release.run(segment.sha256);
    this.#collect(segments.map((segment) => segment.sha256));
  }

  /** Takes what a killed process left: bytes that never became a blob, and blobs without a record. */
  async sweep(): Promise<void> {
    await this.blobs.sweepIncoming();
    this.#removeUnreferenced(await this.blobs.list());
  }

  get #sql(): DatabaseSync {
    return this.#cloud.store.sql;
  }

  #unpin(hash: string): void {
    const left = this.#pins.get(hash)! - 1;
    if (left > 0) this.#pins.set(hash, left);
    else this.#pins.delete(hash);
  }

  #collect(hashes: readonly string[]): void {
    if (hashes.length === 0) return;
    this.#cloud.store.afterDurable(
      () => this.#removeUnreferenced(hashes),
      (error: unknown) => this.#cloud.log(`s3: kept unreferenced blobs, the store is not durable: ${String(error)}`),
    );
  }

  #removeUnreferenced(hashes: readonly string[]): void {
    // An open transaction is not on disk yet: if judged now, a crash could restore a record without its bytes.
    if (this.#sql.isTransaction) return this.#collect(hashes);
    const refs = this.#sql.prepare("SELECT refs FROM s3_blobs WHERE sha256 = ?");
    const forget = this.#sql.prepare("DELETE FROM s3_blobs WHERE sha256 = ?");
    const idle = [...new Set(hashes)].filter(
      (hash) => !this.#pins.has(hash) && !(Number(refs.get(hash)?.["refs"]) > 0),
    );
    for (const hash of idle) this.blobs.deleteNow(hash);
    if (idle.length === 0) return;
    this.#cloud.store.touch();
    for (const hash of idle) forget.run(hash);
  }
}
