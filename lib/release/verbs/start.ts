import { UserError } from "../../errors.ts";
import { drive } from "../drive.ts";
import { EXIT } from "../exit-code.ts";
import type { JournalSession } from "../journal-session.ts";
import type { Release } from "../model.ts";
import { takenOver, newRelease, type ReleasePlan, validatePlan } from "../plan.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { mendJournal } from "../mend-journal.ts";
import { isBeforeSettling, isFinished, isLeftToAccount, isOverOrRests } from "../states.ts";
import { giveUp } from "./give-up.ts";
import { letGo } from "./let-go.ts";
import { newReleaseId } from "./new-release-id.ts";
import { refuseGivenUp } from "./open-plan.ts";
import { leaveWatch } from "./leave-watch.ts";
import { type HandOver, outcomeOf, type ReleaseOutcome, type VerbOptions } from "./outcome.ts";
import { reopen } from "./reopen.ts";
import { isWatched } from "../watched.ts";
import { withSession } from "./with-session.ts";

/** What only a start can say. */
export interface StartOptions extends VerbOptions {
  /** The release's id. @default - the endpoint's time and four random bytes */
  readonly releaseId?: string;
  /** The plan that becomes this release, in the same write; it gives the release its id. */
  readonly planId?: string;
  /** Drives only until the stacks are staged, then starts another driver by this and leaves the release to it. A stage that fails is brought back here. */
  readonly handOver?: HandOver;
  /** Starts the driver that watches the release after its success. @default - not watched */
  readonly startWatch?: HandOver;
}

/**
 * Starts a release and drives it. An unfinished release of the same template is resumed instead; one of another
 * template is rolled back first, unless it is paused: a pause is ended by the person who paused, not by a deploy.
 * Throws `DeployerBusy` while another driver holds the lock.
 */
export async function startRelease(
  plan: ReleasePlan,
  ports: ReleasePorts,
  options: StartOptions,
): Promise<ReleaseOutcome> {
  validatePlan(plan);
  await mendJournal(ports, () => plan);
  return withSession(ports, options, async (session) => {
    const settled = await settleEarlier(plan, session, ports, options);
    if (settled !== undefined) return settled;
    const { planId } = options;
    if (planId !== undefined) await refuseOwnGivenUp(session, planId);
    const now = ports.clock.now();
    const fresh = newRelease(plan, options.releaseId ?? planId ?? newReleaseId(now), now);
    const release = { ...fresh, ...takenOver(session.release) };
    const watched = session.release !== undefined && isWatched(session.release) ? session.release.id : undefined;
    const ends = watched === undefined ? "" : `; the watch of release ${watched} ends with it`;
    const text = `release of ${plan.members.length} aliases requested by ${plan.origin.actor}${ends}`;
    await session.commit({
      release,
      events: [{ code: "ReleaseStarted", text, trigger: "user" }],
      seenRequests: session.document.requests,
      ...(planId === undefined ? {} : { startsPlan: planId }),
    });
    return driveOrHandOver(session, ports, options);
  });
}

async function refuseOwnGivenUp(session: JournalSession, planId: string): Promise<void> {
  await session.refresh();
  refuseGivenUp(session.document, planId);
}

async function driveOrHandOver(
  session: JournalSession,
  ports: ReleasePorts,
  options: StartOptions,
): Promise<ReleaseOutcome> {
  const { handOver } = options;
  if (handOver === undefined) return leaveWatch(await drive(session, ports, options), session.fence, options);
  const release = await drive(session, ports, { ...options, until: isLeftToAccount });
  const isOver = isOverOrRests(release);
  if (isOver || options.signal?.aborted === true) return outcomeOf(release);
  const handedTo = await handOver(release, session.fence);
  await session.handOver(handedTo);
  return { exitCode: EXIT.done, release, unchanged: false, handedTo };
}

/** Undefined when the way is free for a new release. */
async function settleEarlier(
  plan: ReleasePlan,
  session: JournalSession,
  ports: ReleasePorts,
  options: StartOptions,
): Promise<ReleaseOutcome | undefined> {
  const earlier = session.release;
  if (earlier === undefined || isFinished(earlier)) return undefined;
  const same = earlier.kind === "deploy" && earlier.origin.templateDigest === plan.origin.templateDigest;
  if (earlier.state === "PAUSED" && !same) refusePaused(earlier);
  await reopen(session, ports.clock.now());
  await letGo(session, await droppedMembers(earlier, plan, ports), plan.origin.actor);
  if (!same && earlier.state !== "PAUSED" && isBeforeSettling(earlier)) {
    await giveUp(session, plan.origin.actor, ports.clock.now(), "another template is deployed");
  }
  if (same && options.handOver !== undefined) return driveOrHandOver(session, ports, options);
  const release = await drive(session, ports, options);
  if (same && earlier.state !== "ROLLBACK_BLOCKED" && earlier.state !== "ABORTING")
    return leaveWatch(release, session.fence, options);
  // What could not be rolled back is on record; the new release starts from what is live now.
  const clear = isFinished(release) || release.state === "FINALISE_PENDING" || release.state === "ROLLBACK_BLOCKED";
  return clear && options.signal?.aborted !== true ? undefined : blockedOutcome(release);
}

/** Members that the new plan no longer has, and whose alias is gone. */
async function droppedMembers(earlier: Release, plan: ReleasePlan, ports: ReleasePorts): Promise<readonly string[]> {
  const planned = new Set(plan.members.map(({ path }) => path));
  const dropped = earlier.members.filter(({ path, target }) => target !== undefined && !planned.has(path));
  const gone = await Promise.all(
    dropped.map(async ({ path, target }) => {
      const alias = await ports.aliases.get(target!).catch(() => "unreadable" as const);
      return alias === undefined ? [path] : [];
    }),
  );
  return gone.flat();
}

function refusePaused(release: Release): never {
  throw new UserError(
    "ReleasePaused",
    `Release ${release.id} is paused (${release.pause?.cause.text ?? "no reason recorded"}) and holds ${release.app} ${release.stage}.`,
    { fix: "End it with `resume`, `promote` or `abort`, then deploy." },
  );
}

function blockedOutcome(release: Release): ReleaseOutcome {
  const outcome = outcomeOf(release);
  return outcome.exitCode === EXIT.done ? { ...outcome, exitCode: EXIT.failed } : outcome;
}
