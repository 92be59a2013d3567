import { randomUUID } from "node:crypto";
import { UserError } from "../../errors.ts";
import { EXIT } from "../exit-code.ts";
import { leaveRequest } from "../journal-session.ts";
import type { Release } from "../model.ts";
import type { JournalDocument, ReleaseRequest } from "../ports/journal-port.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { isFinished, STATES } from "../states.ts";
import { giveUpPlans, refuseToResumePlan } from "./give-up-plans.ts";
import { outcomeOf, type ReleaseOutcome, type VerbOptions } from "./outcome.ts";
import { driveOn } from "./resume.ts";

/** A wish, with the reason in the user's words. */
export interface AskOptions extends VerbOptions {
  readonly reason?: string;
}

/** Holds the release where it stands. */
export function pauseRelease(ports: ReleasePorts, options: AskOptions): Promise<ReleaseOutcome> {
  return ask("pause", ports, options);
}

/** Skips the rest of the waiting: all traffic moves now. Gates that fail still stop it. */
export function promoteRelease(ports: ReleasePorts, options: AskOptions): Promise<ReleaseOutcome> {
  return ask("promote", ports, options);
}

/** Gives the release up: every alias goes back to its stable version. That is what was asked for: it ends with 0. */
export async function abortRelease(ports: ReleasePorts, options: AskOptions): Promise<ReleaseOutcome> {
  return asRollback(await ask("abort", ports, options));
}

/** A release that was brought back because somebody asked for just that ended well. */
export function asRollback(outcome: ReleaseOutcome): ReleaseOutcome {
  return outcome.release?.state === "ROLLED_BACK" ? { ...outcome, exitCode: EXIT.done } : outcome;
}

/** Leaves a wish for the driver that holds the release; where none is alive, drives the release itself. */
export async function ask(
  verb: ReleaseRequest["verb"],
  ports: ReleasePorts,
  options: AskOptions,
): Promise<ReleaseOutcome> {
  const found = await ports.journal.read();
  const release = found?.document.release;
  if (verb === "abort" && (release === undefined || isFinished(release))) {
    const givenUp = await giveUpPlans(ports, options.actor, options.reason);
    if (givenUp.length > 0) return { exitCode: EXIT.done, unchanged: false, ...(release && { release }), givenUp };
  }
  if (release === undefined) {
    if (verb === "resume" && found !== undefined) refuseToResumePlan(found.document, ports.clock.now());
    return { exitCode: 0, unchanged: true };
  }
  if (verb === "resume" && owesNews(found!.document, ports)) {
    return { ...(await driveOn(ports, options, true)), exitCode: 0 };
  }
  if (verb === "resume" && isFinished(release)) refuseToResumePlan(found!.document, ports.clock.now());
  if (isFinished(release)) return { ...outcomeOf(release), exitCode: 0, unchanged: true };
  refuseTooLate(verb, release);
  if (verb === "resume" && !isDriven(found!.document, ports)) return driveOn(ports, options, true);
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

/** Its driver died after the release was finished, and before everybody was told. */
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
