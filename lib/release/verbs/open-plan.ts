import { randomUUID } from "node:crypto";
import { AbortError } from "../../errors.ts";
import { amendJournal } from "../amend-journal.ts";
import { DEFAULT_LEASE_MS, emptyDocument } from "../journal-session.ts";
import { findOpenPlan, withPlan, withPlansClosed } from "../plan-records.ts";
import type { JournalDocument, PlanOutcome, PlanRecord } from "../ports/journal-port.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { newReleaseId } from "./new-release-id.ts";

type PlanPorts = Pick<ReleasePorts, "journal" | "clock">;

/** Who plans what. */
export interface PlanOptions {
  readonly app: string;
  readonly stage: string;
  readonly actor: string;
  readonly commit?: string;
  readonly templateDigest: string;
  /** Unique for each process. @default - a random one */
  readonly holder?: string;
}

/** A deploy on its way to a release: it is in the journal before it reads or asks anything. */
export interface OpenPlan {
  /** The id that its release is to have. */
  readonly id: string;
  /** The journal as it was when the plan was opened. */
  readonly document: JournalDocument;
  /** Stops the signs of life, and records how the deploy ended. Does nothing where its release has started. */
  close(outcome: PlanOutcome, text?: string): Promise<void>;
}

/** Writes PLANNED down, and keeps it alive until it is closed or its release starts. */
export async function openPlan(ports: PlanPorts, options: PlanOptions): Promise<OpenPlan> {
  const { journal, clock } = ports;
  const { app, stage, actor, commit, templateDigest, holder = randomUUID() } = options;
  const now = clock.now();
  const id = newReleaseId(now);
  const base = { id, actor, templateDigest, holder, plannedAt: now, aliveUntil: now + DEFAULT_LEASE_MS };
  const plan: PlanRecord = { ...base, ...(commit === undefined ? {} : { commit }) };
  const document = await amendJournal(journal, (found) => withPlan(found ?? emptyDocument({ app, stage }), plan));
  const done = new AbortController();
  const heart = beat(ports, id, done.signal);
  return {
    id,
    document: document!,
    async close(outcome, text) {
      done.abort();
      await heart;
      const closed = { outcome, at: clock.now(), ...(text === undefined ? {} : { text }) };
      // How it ended is for people to read: what went wrong matters more than that it cannot be written down.
      await amendJournal(journal, (found) =>
        found === undefined || findOpenPlan(found, id) === undefined ? undefined : withPlansClosed(found, [id], closed),
      ).catch(() => undefined);
    },
  };
}

/** Throws where another command closed a plan. */
export function refuseGivenUp(document: JournalDocument | undefined, id: string): void {
  const closed = document?.plans?.find((plan) => plan.id === id)?.closed;
  if (closed === undefined) return;
  const who = closed.by ?? "another command";
  throw new AbortError("PlanGivenUp", `${who} gave this deploy (${id}) up before it started. Nothing was changed.`, {
    fix: "Look with `status`, and deploy again.",
  });
}

/** Extends `aliveUntil` while the deploy reads and asks. A heartbeat that fails is followed by another one. */
async function beat({ journal, clock }: PlanPorts, id: string, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    await clock.sleep(DEFAULT_LEASE_MS / 3, done);
    if (done.aborted) return;
    const isOpen = await amendJournal(journal, (found) => {
      const plan = found && findOpenPlan(found, id);
      if (found === undefined || plan === undefined) return undefined;
      return withPlan(found, { ...plan, aliveUntil: clock.now() + DEFAULT_LEASE_MS });
    }).then(
      (document) => document !== undefined && findOpenPlan(document, id) !== undefined,
      () => true,
    );
    if (!isOpen) return;
  }
}
