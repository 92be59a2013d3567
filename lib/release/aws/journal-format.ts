import { RemoteError } from "../../errors.ts";
import type { JournalDocument } from "../ports/journal-port.ts";

/**
 * What is left where a journal was before it was moved. Its format is one that deployers from before the move refuse by
 * name, so none of them acts on what it says. `document` is there until the journal is at its new place.
 */
export interface MovedJournal {
  readonly format: 2;
  readonly movedTo: string;
  readonly document?: JournalDocument;
}

/** Reads a journal's document. Throws where it is damaged, was moved, or is of a newer format. */
export function parseJournal(text: string, where: string): JournalDocument {
  const found = parseStoredJournal(text, where);
  if (found.format === 1) return found;
  throw new RemoteError("JournalMoved", `The release journal ${where} was moved to ${found.movedTo}.`, {
    fix: "Run the command again: it finds the journal at its new place.",
  });
}

/** As `parseJournal`, and knows what is left of a journal that was moved. */
export function parseStoredJournal(text: string, where: string): JournalDocument | MovedJournal {
  const found = tryParse(text);
  if (found === undefined) {
    throw new RemoteError("JournalDamaged", `The release journal ${where} cannot be read: it is not a JSON document.`, {
      fix: "`tidegate status` shows what is live; `rollback`, `resume` and `deploy` restore the journal, or rebuild it from the aliases.",
    });
  }
  if (isDocument(found) || isMoved(found)) return found;
  const given = JSON.stringify((found as { format?: unknown }).format);
  throw new RemoteError("JournalUnknown", `The release journal ${where} has format ${given}; this version reads 1.`, {
    fix: "Update Tidegate: a newer version wrote it.",
  });
}

/** Undefined where the text is not a document that this version can act on. */
export function tryParseDocument(text: string): JournalDocument | undefined {
  const found = tryParse(text);
  return found !== undefined && isDocument(found) ? found : undefined;
}

/** Undefined where the text is not what is left of a journal that was moved. */
export function tryParseMoved(text: string): MovedJournal | undefined {
  const found = tryParse(text);
  return found !== undefined && isMoved(found) ? found : undefined;
}

/** Undefined for a text that is not an object with a format: no version has written it. */
function tryParse(text: string): object | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null && "format" in found ? found : undefined;
  } catch {
    return undefined;
  }
}

function isDocument(found: object): found is JournalDocument {
  return "format" in found && found.format === 1;
}

function isMoved(found: object): found is MovedJournal {
  return "format" in found && found.format === 2 && "movedTo" in found;
}
