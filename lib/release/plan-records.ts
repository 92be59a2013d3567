import type { JournalDocument, PlanOutcome, PlanRecord, TaggedDocument } from "./ports/journal-port.ts";

/** How many deploys without a release the journal remembers. */
const MAX_PLANS = 20;

/** The journal holds no release and was never locked: the aliases are the only source. */
export function isBlank(found: Pick<TaggedDocument, "document"> | undefined): boolean {
  if (found === undefined) return true;
  const { fence, release, history } = found.document;
  return fence === 0 && release === undefined && history.length === 0;
}

/** Puts a plan into the journal, in place of its older state, and removes the oldest ones. */
export function withPlan(document: JournalDocument, plan: PlanRecord): JournalDocument {
  return { ...document, plans: [plan, ...withoutPlan(document, plan.id)].slice(0, MAX_PLANS) };
}

/** The plans without one. */
export function withoutPlan({ plans = [] }: JournalDocument, id: string): readonly PlanRecord[] {
  return plans.filter((plan) => plan.id !== id);
}

/** A plan that is still open. */
export function findOpenPlan({ plans = [] }: JournalDocument, id: string): PlanRecord | undefined {
  return plans.find((plan) => plan.id === id && plan.closed === undefined);
}

/** Open plans that came after the last release, newest first. Older ones have been overtaken by it. */
export function pendingPlans({ plans = [], release }: JournalDocument): readonly PlanRecord[] {
  const since = release?.createdAt ?? 0;
  return plans.filter(({ closed, plannedAt }) => closed === undefined && plannedAt > since);
}

/** Closes plans, and leaves those alone that are closed already. */
export function withPlansClosed(
  document: JournalDocument,
  ids: readonly string[],
  closed: { readonly outcome: PlanOutcome; readonly at: number; readonly text?: string; readonly by?: string },
): JournalDocument {
  const plans = (document.plans ?? []).map((plan) =>
    plan.closed === undefined && ids.includes(plan.id) ? { ...plan, closed } : plan,
  );
  return { ...document, plans };
}

/** Whether the deployer behind an open plan is dead. `isGone` knows processes of this machine. */
export function isPlanDead(
  { holder, aliveUntil }: PlanRecord,
  now: number,
  isGone: (holder: string) => boolean = () => false,
): boolean {
  return aliveUntil <= now || isGone(holder);
}
