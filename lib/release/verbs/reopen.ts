import type { NewEvent } from "../events.ts";
import type { JournalSession } from "../journal-session.ts";
import type { Release } from "../model.ts";
import { resetFailures } from "../decide/decision.ts";

/** Lets a release that rests, or whose driver died, go on under the present driver. */
export async function reopen(session: JournalSession, now: number): Promise<void> {
  const release = session.release!;
  const text = `taken up again in ${release.state} with fence ${session.fence}`;
  const event: NewEvent = { code: "ReleaseResumed", text, trigger: "recovery" };
  await session.commit({ release: reopened(release, now), events: [event], keepsTick: true });
}

function reopened(release: Release, now: number): Release {
  switch (release.state) {
    case "FINALISE_PENDING":
      return { ...release, state: "FINALISING", enteredAt: now, effect: undefined };
    case "ROLLBACK_BLOCKED":
      return { ...resetFailures(release), state: "ABORTING", enteredAt: now, stragglers: [], effect: undefined };
    case "PLANNED":
    case "LOCKED":
    case "STAGING":
    case "READY":
    case "PRE_HOOKS":
    case "SHIFTING":
    case "PAUSED":
    case "PROMOTING":
    case "BAKING":
    case "POST_HOOKS":
    case "FINALISING":
    case "PRUNING":
    case "ABORTING":
      return resetFailures(release);
    case "SUCCEEDED":
    case "ROLLED_BACK":
      return release;
  }
}
