import { withSession } from "./with-session.ts";
import { reopen } from "./reopen.ts";
import { outcomeOf, type ReleaseOutcome, type VerbOptions } from "./outcome.ts";
import { leaveWatch } from "./leave-watch.ts";
import { isWatchSilent } from "../watched.ts";
import { isFinished } from "../states.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { Outbox } from "../outbox.ts";
import { EXIT } from "../exit-code.ts";
import { drive } from "../drive.ts";

/** Drives the present release on under a new session. `resumed`: a pause ends with it. */
export async function driveOn(ports: ReleasePorts, options: VerbOptions, resumed: boolean): Promise<ReleaseOutcome> {
  return withSession(ports, options, async (session) => {
    const { release } = session;
    if (release === undefined) return { exitCode: EXIT.nothingToDo, unchanged: true };
    if (isFinished(release)) {
      await new Outbox(session, ports).settle();
      if (!isWatchSilent(release, ports.clock.now())) return { ...outcomeOf(release), unchanged: true };
      const outcome = await leaveWatch(release, session.fence, options);
      return { ...outcome, unchanged: outcome.handedTo === undefined };
    }
    await reopen(session, ports.clock.now(), resumed ? options.actor : undefined);
    return leaveWatch(await drive(session, ports, options), session.fence, options);
  });
}
