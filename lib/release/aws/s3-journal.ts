import { getKnown } from "../../util/get-known.ts";
import { createHash } from "node:crypto";
import type { Aws } from "../../aws/aws.ts";
import { RemoteError } from "../../errors.ts";
import { redact } from "../../util/redact.ts";
import type { ReleaseEvent } from "../events.ts";
import { isBlank } from "../plan-records.ts";
import type {
  JournalDocument,
  JournalPort,
  JournalRemains,
  JournalWriteOutcome,
  TaggedDocument,
} from "../ports/journal-port.ts";
import { parseJournal, tryParseDocument } from "./journal-format.ts";
import { DOCUMENT, isConflict, isMissingBucket, type JournalAddress, JournalStore } from "./journal-store.ts";
import { statusOf } from "./remote-name.ts";

/** The journal in a bucket, by S3's conditional writes. */
export class S3Journal implements JournalPort {
  readonly #store: JournalStore;
  readonly #logs = new Map<string, { readonly events: readonly ReleaseEvent[]; readonly tag: string | undefined }>();

  constructor(aws: Aws, address: JournalAddress) {
    this.#store = new JournalStore(aws, address);
  }

  async read(): Promise<TaggedDocument | undefined> {
    const stored = await this.#store.get(DOCUMENT);
    if (stored === undefined) return undefined;
    return { document: parseJournal(stored.text, this.#store.url(DOCUMENT)), tag: stored.tag };
  }

  async write(document: JournalDocument, expected: string | undefined): Promise<JournalWriteOutcome> {
    try {
      return { kind: "written", tag: await this.#put(DOCUMENT, JSON.stringify(document), expected) };
    } catch (error) {
      // The reply to a write that succeeded may have been lost, and the client's own retry refused.
      const found = await this.read();
      if (found?.document.writeId === document.writeId) return { kind: "written", tag: found.tag };
      if (isConflict(error)) return { kind: "conflict" };
      throw error;
    }
  }

  async salvage(): Promise<JournalRemains> {
    const present = await this.#store.get(DOCUMENT);
    const tag = present === undefined ? {} : { tag: present.tag };
    for (const version of await this.#versions()) {
      const text = (await this.#store.get(DOCUMENT, version))?.text ?? "";
      const earlier = tryParseDocument(text);
      if (earlier !== undefined && !isBlank({ document: earlier })) return { ...tag, earlier };
    }
    return tag;
  }

  /** Who may not list versions still has the aliases to go by. */
  async #versions(): Promise<readonly string[]> {
    try {
      return await this.#store.versions(DOCUMENT);
    } catch (error) {
      if (isMissingBucket(error) || statusOf(error) === 403) return [];
      throw error;
    }
  }

  async keep(text: string): Promise<string> {
    const hash = sha256(text);
    // Templates are kept as they are: what is staged must be what was planned, to the letter.
    await this.#store.put(keptName(hash), text, { IfNoneMatch: "*" }).catch(async (error: unknown) => {
      if (!isConflict(error) || (await this.#store.get(keptName(hash))) === undefined) throw error;
    });
    return hash;
  }

  async readKept(hash: string): Promise<string> {
    const stored = await this.#store.get(keptName(hash));
    if (stored !== undefined && sha256(stored.text) === hash) return stored.text;
    const where = this.#store.url(keptName(hash));
    const what = stored === undefined ? "is gone" : "was changed";
    throw new RemoteError("StageMaterialGone", `What was planned for the stage ${what}: ${where}.`, {
      fix: "Give the release up with `rollback`, or run `deploy` from the sources.",
    });
  }

  async readLog(release: string): Promise<readonly ReleaseEvent[]> {
    const stored = await this.#store.get(logName(release));
    const events = stored === undefined ? [] : parseLog(stored.text);
    this.#logs.set(release, { events, tag: stored?.tag });
    return events;
  }

  async appendLog(release: string, events: readonly ReleaseEvent[]): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (!this.#logs.has(release)) await this.readLog(release);
      const known = getKnown(this.#logs, release);
      const last = known.events.at(-1)?.seq ?? 0;
      const fresh = events.filter(({ seq }) => seq > last);
      if (fresh.length === 0) return;
      const all = [...known.events, ...fresh];
      const text = all.map((event) => `${JSON.stringify(event)}\n`).join("");
      try {
        const tag = await this.#put(logName(release), text, known.tag);
        this.#logs.set(release, { events: all, tag });
        return;
      } catch (error) {
        this.#logs.delete(release);
        if (!isConflict(error)) throw error;
      }
    }
    throw new RemoteError("JournalContended", `The log of release ${release} is being written by others.`);
  }

  async #put(name: string, text: string, expected: string | undefined): Promise<string> {
    // What a hook or AWS said may hold credentials: they are not kept.
    const condition = expected === undefined ? ({ IfNoneMatch: "*" } as const) : { IfMatch: expected };
    return this.#store.put(name, redact(text), condition);
  }
}

function keptName(hash: string): string {
  return `stage/${hash}.json`;
}

function logName(release: string): string {
  return `log/${encodeURIComponent(release)}.ndjson`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function parseLog(text: string): readonly ReleaseEvent[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as ReleaseEvent]));
}
