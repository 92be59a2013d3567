import { drive } from "../drive.ts";
import { EXIT } from "../exit-code.ts";
import { Outbox } from "../outbox.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { isFinished } from "../states.ts";
import { isWatchSilent } from "../watched.ts";
import { ask } from "./ask.ts";
import { leaveWatch } from "./leave-watch.ts";
import { outcomeOf, type ReleaseOutcome, type VerbOptions } from "./outcome.ts";
import { reopen } from "./reopen.ts";
import { withSession } from "./with-session.ts";

/**
 * Resumes a release that is paused, blocked, waiting for its stacks, or whose driver died, and a watch that has no
 * driver any more. Does nothing when the last release is finished otherwise. A live driver that watches a pause receives the request instead.
 */
export async function resumeRelease(ports: ReleasePorts, options: VerbOptions): Promise<ReleaseOutcome> {
  return ask("resume", ports, options);
}

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
