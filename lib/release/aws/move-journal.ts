import type { Aws } from "../../aws/aws.ts";
import { deployerBusy } from "../deployer-busy.ts";
import type { JournalDocument } from "../ports/journal-port.ts";
import type { ReleaseClock } from "../ports/ports.ts";
import { type MovedJournal, parseStoredJournal, tryParseMoved } from "./journal-format.ts";
import { DOCUMENT, isConflict, type JournalAddress, JournalStore, type WriteCondition } from "./journal-store.ts";
import { statusOf } from "./remote-name.ts";

/**
 * Moves a journal to another bucket. It is safe against a second deployer and a kill between any two steps:
 *
 * 1. The old document is replaced, on the condition that it is the one that was read, by one that holds it and says
 *    where the journal goes. From here on no deployer acts on the old place: older versions refuse its format.
 * 2. The logs and the plans are copied.
 * 3. The document is created at the new place, on the condition that there is none. From here on the new place counts.
 * 4. The rest at the old place drops its copy of the document.
 *
 * A deployer that finds step 1 done and step 3 not continues from there. Does nothing where there is no journal to
 * move.
 */
export async function moveJournal(
  aws: Aws,
  from: JournalAddress,
  to: JournalAddress,
  clock: Pick<ReleaseClock, "now">,
): Promise<void> {
  const source = new JournalStore(aws, from);
  const destination = new JournalStore(aws, to);
  const left = await leaveBehind(source, destination, clock);
  if (left?.moved.document === undefined) return;
  if (left.isResumed && (await hasExisted(destination))) return;
  await copyOthers(source, destination);
  await putUnless(destination, DOCUMENT, JSON.stringify(left.moved.document), { IfNoneMatch: "*" });
  const { document: _gone, ...rest } = left.moved;
  await putUnless(source, DOCUMENT, JSON.stringify(rest), { IfMatch: left.tag });
}

/** What there is at a place that journals were kept at before. */
export async function leftBehind(store: JournalStore): Promise<"nothing" | "journal" | "half-moved"> {
  const stored = await store.get(DOCUMENT);
  if (stored === undefined) return "nothing";
  const moved = tryParseMoved(stored.text);
  if (moved === undefined) return "journal";
  return moved.document === undefined ? "nothing" : "half-moved";
}

interface Left {
  readonly moved: MovedJournal;
  /** An earlier process did step 1. */
  readonly isResumed: boolean;
  readonly tag: string;
}

/** Step 1, or what an earlier one left. Undefined where there is nothing. */
async function leaveBehind(
  source: JournalStore,
  destination: JournalStore,
  clock: Pick<ReleaseClock, "now">,
): Promise<Left | undefined> {
  for (;;) {
    const stored = await source.get(DOCUMENT);
    if (stored === undefined) return undefined;
    const found = parseStoredJournal(stored.text, source.url(DOCUMENT));
    if (found.format === 2) return { moved: found, isResumed: true, tag: stored.tag };
    refuseIfDriven(found, clock.now());
    const moved: MovedJournal = { format: 2, movedTo: destination.url(DOCUMENT), document: found };
    try {
      return {
        moved,
        isResumed: false,
        tag: await source.put(DOCUMENT, JSON.stringify(moved), { IfMatch: stored.tag }),
      };
    } catch (error) {
      // Another deployer wrote in between, or the reply to our own write was lost: reading decides.
      if (!isConflict(error)) throw error;
    }
  }
}

/** A journal that was at the new place and is gone is newer than what was left behind: that is not brought back. */
async function hasExisted(destination: JournalStore): Promise<boolean> {
  try {
    return (await destination.versions(DOCUMENT)).length > 0;
  } catch (error) {
    if (statusOf(error) === 403) return false;
    throw error;
  }
}

/** A driver whose journal goes away in mid-release would stop: it is waited for instead. */
function refuseIfDriven(document: JournalDocument, now: number): void {
  const { lock } = document;
  if (lock === undefined || lock.leaseUntil <= now) return;
  throw deployerBusy(lock, document, now, "The journal can be moved to its own bucket only between two deployers.");
}

/** Logs and plans do not change any more: what is there already is the same. */
async function copyOthers(source: JournalStore, destination: JournalStore): Promise<void> {
  for (const name of await source.list()) {
    if (name === DOCUMENT) continue;
    const stored = await source.get(name);
    if (stored !== undefined) await putUnless(destination, name, stored.text, { IfNoneMatch: "*" });
  }
}

/** Another deployer that moves the same journal may have been faster. */
async function putUnless(store: JournalStore, name: string, text: string, condition: WriteCondition): Promise<void> {
  try {
    await store.put(name, text, condition);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
