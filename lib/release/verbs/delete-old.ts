import { act } from "../act.ts";
import type { Release } from "../model.ts";
import { deletionNews, withDeletedOld } from "../old-resources.ts";
import type { JournalDocument } from "../ports/journal-port.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { isFinished } from "../states.ts";
import type { VerbOptions } from "./outcome.ts";
import { withSession } from "./with-session.ts";

/**
 * Deletes what earlier releases replaced and could not delete, under the lock and between releases only. An old
 * resource that a live version may need stays.
 */
export async function deleteOldResources(ports: ReleasePorts, options: VerbOptions): Promise<void> {
  await withSession(ports, options, async (session) => {
    const { release } = session;
    if (release?.oldResources === undefined || !isFinished(release)) return;
    const done = (await act({ kind: "delete-old" }, release, session, ports)).effect;
    if (done?.kind !== "delete-old") return;
    const known = withDeletedOld(release, done.deleted, done.left);
    await session.commit({
      release: known,
      events: deletionNews(done.deleted, done.left),
      history: withContracted(session.document, known),
      keepsTick: true,
    });
  });
}

/** A rollback names what is gone by the history. */
function withContracted({ history }: JournalDocument, { id, contracted }: Release): JournalDocument["history"] {
  return history.map((entry) => (entry.id === id && contracted !== undefined ? { ...entry, contracted } : entry));
}
