import { UserError } from "../../errors.ts";
import { amendJournal } from "../amend-journal.ts";
import { pendingPlans, withPlansClosed } from "../plan-records.ts";
import type { JournalDocument, PlanRecord } from "../ports/journal-port.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { isFinished, STATES } from "../states.ts";

/** Closes every deploy that came after the last release and has not started its own. Returns those that it closed. */
export async function giveUpPlans(
  { journal, clock }: Pick<ReleasePorts, "journal" | "clock">,
  by: string,
  reason?: string,
): Promise<readonly PlanRecord[]> {
  let closed: readonly PlanRecord[] = [];
  await amendJournal(journal, (found) => {
    closed = found === undefined || isUnderWay(found) ? [] : pendingPlans(found);
    if (found === undefined || closed.length === 0) return undefined;
    const ids = closed.map(({ id }) => id);
    return withPlansClosed(found, ids, {
      outcome: "given-up",
      at: clock.now(),
      by,
      ...(reason === undefined ? {} : { text: reason }),
    });
  });
  return closed;
}

/** A release that can still be aborted itself: the plans behind it wait for their turn. */
function isUnderWay({ release }: JournalDocument): boolean {
  return release !== undefined && !isFinished(release) && STATES[release.state].phase !== "settling";
}

/** Throws where the last event is a deploy without a release: there is nothing to resume. */
export function refuseToResumePlan(document: JournalDocument, now: number): void {
  const plan = pendingPlans(document)[0];
  if (plan === undefined) return;
  const isSilent = plan.aliveUntil <= now;
  const where = isSilent ? "ended before its changes were approved" : "is being planned";
  throw new UserError(
    "NothingToResume",
    `Deploy ${plan.id} by ${plan.actor} ${where}: it has changed nothing, and there is no release to resume.`,
    { fix: "Run `deploy` to start again, or `abort` to discard it." },
  );
}
