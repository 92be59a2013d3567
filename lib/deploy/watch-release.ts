import type { IoHost } from "../io/message.ts";
import { isOverOrRests, type ReleasePorts } from "../release/engine.ts";
import { tellEvent } from "./release-ports.ts";

/** Between two looks at the journal, in milliseconds of the endpoint's time. */
const LOOK_EVERY_MS = 2_000;

/** Reports every event of the present release, earlier ones first, until it is over or rests. */
export async function watchRelease(
  { journal, clock }: Pick<ReleasePorts, "journal" | "clock">,
  { host, signal }: { readonly host: IoHost; readonly signal: AbortSignal },
): Promise<void> {
  let told = 0;
  while (!signal.aborted) {
    const document = (await journal.read())?.document;
    const release = document?.release;
    if (document === undefined || release === undefined) return;
    const logged = told < document.sequence ? await journal.readLog(release.id) : [];
    const pending = document.pending.filter((event) => event.release === release.id);
    for (const event of [...logged, ...pending]) {
      if (event.seq <= told) continue;
      told = event.seq;
      tellEvent(host, event);
    }
    if (isOverOrRests(release)) return;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}
