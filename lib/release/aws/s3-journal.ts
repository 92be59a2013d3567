import { createHash } from "node:crypto";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Aws } from "../../aws/aws.ts";
import { RemoteError } from "../../errors.ts";
import { redact } from "../../util/redact.ts";
import type { ReleaseEvent } from "../events.ts";
import type { JournalDocument, JournalPort, JournalWriteOutcome, TaggedDocument } from "../ports/journal-port.ts";
import { hasName, statusOf } from "./remote-name.ts";

/** Where the journal lies. */
export interface S3JournalOptions {
  readonly bucket: string;
  /** The account that must own the bucket: a squatted one is refused. */
  readonly account: string;
  readonly app: string;
  readonly stage: string;
}

interface StoredText {
  readonly text: string;
  readonly tag: string;
}

/** The journal in the bootstrap bucket, by S3's conditional writes. */
export class S3Journal implements JournalPort {
  readonly #aws: Aws;
  readonly #options: S3JournalOptions;
  readonly #logs = new Map<string, { readonly events: readonly ReleaseEvent[]; readonly tag: string | undefined }>();

  constructor(aws: Aws, options: S3JournalOptions) {
    this.#aws = aws;
    this.#options = options;
  }

  async read(): Promise<TaggedDocument | undefined> {
    const stored = await this.#get(this.#key("release.json"));
    return stored === undefined ? undefined : { document: parseDocument(stored.text, this.#where()), tag: stored.tag };
  }

  async write(document: JournalDocument, expected: string | undefined): Promise<JournalWriteOutcome> {
    try {
      const tag = await this.#put(this.#key("release.json"), JSON.stringify(document), expected);
      return { kind: "written", tag };
    } catch (error) {
      // The reply to a write that succeeded may have been lost, and the client's own retry refused.
      const found = await this.read();
      if (found?.document.writeId === document.writeId) return { kind: "written", tag: found.tag };
      if (isConflict(error)) return { kind: "conflict" };
      throw error;
    }
  }

  async keep(text: string): Promise<string> {
    const hash = sha256(text);
    // Templates are kept as they are: what is staged must be what was planned, to the letter.
    await this.#putText(this.#keptKey(hash), text, { IfNoneMatch: "*" }).catch(async (error: unknown) => {
      if (!isConflict(error) || (await this.#get(this.#keptKey(hash))) === undefined) throw error;
    });
    return hash;
  }

  async readKept(hash: string): Promise<string> {
    const stored = await this.#get(this.#keptKey(hash));
    if (stored !== undefined && sha256(stored.text) === hash) return stored.text;
    const where = `s3://${this.#options.bucket}/${this.#keptKey(hash)}`;
    const what = stored === undefined ? "is gone" : "was changed";
    throw new RemoteError("StageMaterialGone", `What was planned for the stage ${what}: ${where}.`, {
      fix: "Give the release up with `rollback`, or run `deploy` from the sources.",
    });
  }

  async readLog(release: string): Promise<readonly ReleaseEvent[]> {
    const stored = await this.#get(this.#logKey(release));
    const events = stored === undefined ? [] : parseLog(stored.text);
    this.#logs.set(release, { events, tag: stored?.tag });
    return events;
  }

  async appendLog(release: string, events: readonly ReleaseEvent[]): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (!this.#logs.has(release)) await this.readLog(release);
      const known = this.#logs.get(release)!;
      const last = known.events.at(-1)?.seq ?? 0;
      const fresh = events.filter(({ seq }) => seq > last);
      if (fresh.length === 0) return;
      const all = [...known.events, ...fresh];
      const text = all.map((event) => `${JSON.stringify(event)}\n`).join("");
      try {
        const tag = await this.#put(this.#logKey(release), text, known.tag);
        this.#logs.set(release, { events: all, tag });
        return;
      } catch (error) {
        this.#logs.delete(release);
        if (!isConflict(error)) throw error;
      }
    }
    throw new RemoteError("JournalContended", `The log of release ${release} is being written by others.`);
  }

  async #get(key: string): Promise<StoredText | undefined> {
    const client = await this.#aws.client("s3");
    const { bucket: Bucket, account: ExpectedBucketOwner } = this.#options;
    try {
      const found = await client.send(new GetObjectCommand({ Bucket, Key: key, ExpectedBucketOwner }));
      return { text: await found.Body!.transformToString(), tag: found.ETag! };
    } catch (error) {
      if (hasName(error, "NoSuchKey")) return undefined;
      throw error;
    }
  }

  async #put(key: string, text: string, expected: string | undefined): Promise<string> {
    // What a hook or AWS said may hold credentials: they are not kept.
    return this.#putText(key, redact(text), expected === undefined ? { IfNoneMatch: "*" } : { IfMatch: expected });
  }

  async #putText(
    key: string,
    text: string,
    condition: { readonly IfNoneMatch: string } | { readonly IfMatch: string },
  ): Promise<string> {
    const client = await this.#aws.client("s3");
    const { bucket: Bucket, account: ExpectedBucketOwner } = this.#options;
    const object = { Bucket, Key: key, Body: text, ContentType: "application/json", ExpectedBucketOwner };
    return (await client.send(new PutObjectCommand({ ...object, ...condition }))).ETag!;
  }

  #where(): string {
    return `s3://${this.#options.bucket}/${this.#key("release.json")}`;
  }

  #key(name: string): string {
    const { app, stage } = this.#options;
    return `tidegate/releases/${encodeURIComponent(app)}/${encodeURIComponent(stage)}/${name}`;
  }

  #keptKey(hash: string): string {
    return this.#key(`stage/${hash}.json`);
  }

  #logKey(release: string): string {
    return this.#key(`log/${encodeURIComponent(release)}.ndjson`);
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** 412: the tag is another; 409: a write at the same moment; 404: it was to be changed and is gone. */
function isConflict(error: unknown): boolean {
  if (hasName(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")) return true;
  return statusOf(error) === 412 || statusOf(error) === 409;
}

function parseDocument(text: string, where: string): JournalDocument {
  const fix = "Update Tidegate, or look at the object; `rollback` works without it from the aliases themselves.";
  let document: JournalDocument;
  try {
    document = JSON.parse(text) as JournalDocument;
  } catch (cause) {
    throw new RemoteError("JournalDamaged", `The release journal ${where} is no JSON.`, { cause, fix });
  }
  if (document?.format === 1) return document;
  const given = JSON.stringify(document?.format);
  throw new RemoteError("JournalUnknown", `The release journal ${where} has format ${given}; this version reads 1.`, {
    fix,
  });
}

function parseLog(text: string): readonly ReleaseEvent[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as ReleaseEvent]));
}
