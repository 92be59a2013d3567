import { driveOn } from "./drive-on.ts";
import { randomUUID } from "node:crypto";
import { UserError } from "../../errors.ts";
import { EXIT } from "../exit-code.ts";
import { leaveRequest } from "../journal-session.ts";
import type { Release } from "../model.ts";
import type { JournalDocument, ReleaseRequest } from "../ports/journal-port.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { isFinished, STATES } from "../states.ts";
import { giveUpPlans, refuseToResumePlan } from "./give-up-plans.ts";
import type { ReleaseOutcome, VerbOptions } from "./outcome.ts";
import { lookIntoJournal, nothingFound, openJournal } from "./open-journal.ts";
import { isWatched, isWatchSilent } from "../watched.ts";
import { endWatch } from "./end-watch.ts";

/** A request, with the reason in the user's words. */
export interface AskOptions extends VerbOptions {
  readonly reason?: string;
}

/** Holds the release in its present state. */
export function pauseRelease(ports: ReleasePorts, options: AskOptions): Promise<ReleaseOutcome> {
  return ask("pause", ports, options);
}

/** Skips the rest of the waiting: all traffic moves now. Gates that fail still stop it. */
export function promoteRelease(ports: ReleasePorts, options: AskOptions): Promise<ReleaseOutcome> {
  return ask("promote", ports, options);
}

/** Aborts the release: every alias returns to its stable version. As this was requested, it ends with 0. */
export async function abortRelease(ports: ReleasePorts, options: AskOptions): Promise<ReleaseOutcome> {
  return asRollback(await ask("abort", ports, options));
}

/** A release that was rolled back on request ended well. */
export function asRollback(outcome: ReleaseOutcome): ReleaseOutcome {
  return !outcome.unchanged && outcome.release?.state === "ROLLED_BACK" ? { ...outcome, exitCode: EXIT.done } : outcome;
}

/** Leaves a request for the driver that holds the release; without a live driver, drives the release itself. */
export async function ask(
  verb: ReleaseRequest["verb"],
  ports: ReleasePorts,
  options: AskOptions,
): Promise<ReleaseOutcome> {
  if (verb === "pause" || verb === "promote") await refuseLost(verb, ports, options);
  const found = await openJournal(ports, options);
  const { document: present } = found;
  const release = present?.release;
  if (verb === "abort" && (release === undefined || isFinished(release))) {
    const givenUp = await giveUpPlans(ports, options.actor, options.reason);
    if (givenUp.length > 0) return { exitCode: EXIT.done, unchanged: false, ...(release && { release }), givenUp };
  }
  if (present === undefined) return nothingFound(found);
  if (release === undefined) {
    if (verb === "resume") refuseToResumePlan(present, ports.clock.now());
    return nothingFound(found);
  }
  if (verb === "resume" && owesNews(present, ports)) {
    return { ...(await driveOn(ports, options, true)), exitCode: 0 };
  }
  if (verb === "abort" && isWatched(release)) return endWatch(ports, options);
  if (verb === "resume" && isFinished(release)) refuseToResumePlan(present, ports.clock.now());
  if (verb === "resume" && options.startWatch !== undefined && isWatchSilent(release, ports.clock.now()))
    return driveOn(ports, options, true);
  if (isFinished(release)) return nothingFound(found);
  refuseTooLate(verb, release);
  if (verb === "resume" && !isDriven(present, ports)) return driveOn(ports, options, true);
  const { actor, reason } = options;
  const request = {
    verb,
    release: release.id,
    actor,
    at: ports.clock.now(),
    ...(reason === undefined ? {} : { reason }),
  };
  const document = await leaveRequest(ports.journal, request, options.holder ?? randomUUID());
  if (isDriven(document, ports)) return { exitCode: 0, release, unchanged: false, leftTo: document.lock! };
  return driveOn(ports, options, false);
}

/** What was rebuilt from the aliases can be rolled back, and nothing else: steps and gates are not known. */
async function refuseLost(verb: string, ports: ReleasePorts, options: AskOptions): Promise<void> {
  const { condition, trouble, document } = await lookIntoJournal(ports, options);
  if (condition !== "rebuilt" || document?.release === undefined) return;
  const { id, app, stage } = document.release;
  throw new UserError(
    "JournalLost",
    `Cannot ${verb} release ${id} of ${app} ${stage}: ${trouble ?? "the journal is lost"}.`,
    {
      fix: "Bring every alias back with `rollback`, or run `deploy`, which does the same first.",
    },
  );
}

/** Its driver died after the release was finished, and before all subscribers were notified. */
function owesNews(document: JournalDocument, ports: ReleasePorts): boolean {
  const finished = document.release !== undefined && isFinished(document.release);
  return finished && document.outbox.length > 0 && ports.notifier !== undefined && !isDriven(document, ports);
}

function isDriven(document: JournalDocument, ports: ReleasePorts): boolean {
  return document.lock !== undefined && document.lock.leaseUntil > ports.clock.now();
}

function refuseTooLate(verb: ReleaseRequest["verb"], release: Release): void {
  if (verb === "resume") return;
  if (STATES[release.state].phase !== "settling") return;
  throw new UserError(
    "ReleaseTooFar",
    `Release ${release.id} is in ${release.state}: all traffic is on the new versions.`,
    {
      fix: verb === "abort" ? "Go back with `rollback`." : "Finish it with `resume`.",
    },
  );
}
