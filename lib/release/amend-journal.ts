import { randomUUID } from "node:crypto";
import { RemoteError } from "../errors.ts";
import type { JournalDocument, JournalPort } from "./ports/journal-port.ts";

const MAX_ATTEMPTS = 10;

/**
 * Changes the journal without its lock: only what a holder of the lock takes over from others, which are requests and
 * plans. `change` answers undefined where nothing is to be written. Returns the document as it is afterwards.
 */
export async function amendJournal(
  journal: JournalPort,
  change: (document: JournalDocument | undefined) => JournalDocument | undefined,
): Promise<JournalDocument | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const found = await journal.read();
    const changed = change(found?.document);
    if (changed === undefined) return found?.document;
    const document = { ...changed, writeId: randomUUID() };
    const outcome = await journal.write(document, found?.tag);
    if (outcome.kind === "written") return document;
  }
  throw new RemoteError("JournalContended", "The release journal is being written by others without a pause.", {
    fix: "Run the command again.",
  });
}
