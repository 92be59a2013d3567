import { EXIT } from "../exit-code.ts";
import type { Aftercare } from "../model.ts";
import { Outbox } from "../outbox.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import type { ReleaseOutcome, VerbOptions } from "./outcome.ts";
import { isWatched } from "../watched.ts";
import { withSession } from "./with-session.ts";

/** Ends the watch by hand: what is live stays live. */
export function endWatch(ports: ReleasePorts, options: VerbOptions): Promise<ReleaseOutcome> {
  return withSession(ports, options, async (session) => {
    const { release } = session;
    if (release?.watch === undefined || !isWatched(release)) return { exitCode: EXIT.done, unchanged: true };
    const watch: Aftercare = { ...release.watch, status: "over" };
    const text = `the watch was ended by ${options.actor}; the new versions stay live`;
    await session.commit({ release: { ...release, watch }, events: [{ code: "WatchEnded", text, trigger: "user" }] });
    await new Outbox(session, ports).settle();
    return { exitCode: EXIT.done, unchanged: false, ...(session.release && { release: session.release }) };
  });
}
