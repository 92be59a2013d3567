import type { NewEvent } from "../events.ts";
import type { JournalSession } from "../journal-session.ts";
import type { Release } from "../model.ts";
import { resetFailures } from "../decide/decision.ts";

/**
 * Lets the present driver continue a release that rests, or whose driver died. With `resumedBy`, resuming was requested
 * explicitly: a pause ends, and a gap since the last observation does not cause one.
 */
export async function reopen(session: JournalSession, now: number, resumedBy?: string): Promise<void> {
  const release = session.release!;
  const text = `resumed in ${release.state} with fence ${session.fence}`;
  const event: NewEvent = { code: "ReleaseResumed", text, trigger: resumedBy === undefined ? "recovery" : "user" };
  const gapMs = now - release.tickedAt;
  const isUnattended = resumedBy === undefined && gapMs > release.maxUnattendedMs;
  const wish = { verb: "resume", release: release.id, actor: resumedBy ?? "", at: now } as const;
  await session.commit({
    release: { ...reopened(release, now), ...(isUnattended ? { unattendedMs: gapMs } : {}) },
    events: [event],
    keptRequests: resumedBy !== undefined && release.state === "PAUSED" ? [wish] : [],
    keepsTick: resumedBy === undefined,
  });
}

function reopened(release: Release, now: number): Release {
  switch (release.state) {
    case "FINALISE_PENDING":
      return { ...release, state: "FINALISING", enteredAt: now, effect: undefined };
    case "ROLLBACK_BLOCKED":
      return {
        ...resetFailures(release),
        state: "ABORTING",
        enteredAt: now,
        stragglers: [],
        effect: undefined,
        readyBy: undefined,
      };
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
