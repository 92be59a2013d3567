import { isSameShape, shapeOf } from "../alias-shape.ts";
import type { AliasStamp } from "../alias-stamp.ts";
import { movingMembers, stableOf } from "../decide/members.ts";
import type { ReleaseEvent } from "../events.ts";
import { liveVersions } from "../history.ts";
import type { JournalFinding } from "../mend-journal.ts";
import type { AliasShape, AliasTarget, Release } from "../model.ts";
import { isPlanDead, pendingPlans } from "../plan-records.ts";
import type { HistoryEntry, JournalDocument, Lock, PlanRecord, ReleaseRequest } from "../ports/journal-port.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import type { Trace } from "../rebuild.ts";
import { type JournalOptions, lookIntoJournal } from "./open-journal.ts";
import { explainFailures, type MemberFailures } from "./explain-failures.ts";

/** One alias: what it serves, what the journal says it should, and which version the stacks pin. */
export interface AliasStatus {
  readonly path: string;
  /** Absent where the alias is not deployed yet. */
  readonly target?: AliasTarget;
  /** Undefined when the alias is missing or could not be read; then `problem` says so. */
  readonly live?: AliasShape;
  readonly recorded?: AliasShape;
  readonly stable: string | null;
  readonly next?: string;
  /** The version that the stacks last gave the alias; absent without a stack port. */
  readonly pinned?: string;
  readonly problem?: string;
  /** Live differs from recorded, and no write is under way. */
  readonly drifted: boolean;
  /** What the last write of ours left in the alias; only where the journal fails. */
  readonly stamp?: AliasStamp;
}

/** The release's state, compared with the world. */
export interface ReleaseStatus {
  /** How the journal was found, and what is wrong with it. */
  readonly journal: Pick<JournalFinding, "condition" | "trouble">;
  readonly release?: Release;
  readonly lock?: Lock;
  /** The holder's lease is not over. */
  readonly driven: boolean;
  readonly requests: readonly ReleaseRequest[];
  /** Deploys that came after the last release and have changed nothing yet, newest first. */
  readonly plans: readonly PlanStatus[];
  readonly aliases: readonly AliasStatus[];
  /** CloudFormation's status by stack; absent without a stack port. */
  readonly stacks?: ReadonlyMap<string, string>;
  /** The endpoint's time. */
  readonly now: number;
}

/** A deploy that has not started its release. */
export interface PlanStatus extends PlanRecord {
  /** Its deployer ended, or gave no sign of life for too long. */
  readonly dead: boolean;
}

type StatusPorts = Omit<ReleasePorts, "hooks" | "metrics" | "alarms">;

/** What a verb that looks knows of the journal and of the processes of this machine. */
export interface LookOptions extends Partial<JournalOptions> {
  /** Whether a process of this machine is known to be dead. */
  readonly isGone?: (holder: string) => boolean;
}

/** Live against recorded against stack. Changes nothing and takes no lock. */
export async function releaseStatus(ports: StatusPorts, options: LookOptions = {}): Promise<ReleaseStatus> {
  const found = await lookIntoJournal(ports, options);
  const { condition, trouble, document, traces = [] } = found;
  const { release, lock, requests = [], history = [] }: Partial<JournalDocument> = document ?? {};
  const now = ports.clock.now();
  const pins = (await ports.stacks?.pins()) ?? new Map<string, string>();
  const isRead = release === undefined || condition === "rebuilt";
  return {
    journal: { condition, ...(trouble === undefined ? {} : { trouble }) },
    ...(release === undefined ? {} : { release }),
    ...(lock === undefined ? {} : { lock }),
    driven: lock !== undefined && lock.leaseUntil > now && options.isGone?.(lock.holder) !== true,
    requests,
    plans: planStatuses(document === undefined ? [] : pendingPlans(document), now, options.isGone),
    aliases: isRead
      ? traces.map((trace) => tracedStatus(trace, pins))
      : await Promise.all(aliasStatuses(release, ports, liveVersions(history), pins)),
    ...(ports.stacks === undefined ? {} : { stacks: await ports.stacks.statuses() }),
    now,
  };
}

function planStatuses(
  plans: readonly PlanRecord[],
  now: number,
  isGone?: (holder: string) => boolean,
): readonly PlanStatus[] {
  return plans.map((plan) => ({ ...plan, dead: isPlanDead(plan, now, isGone) }));
}

/** An alias by what it serves and what is stamped on it. */
function tracedStatus({ member, snapshot, stamp }: Trace, pins: ReadonlyMap<string, string>): AliasStatus {
  const { path, target } = member;
  const pinned = pins.get(path);
  const { additional } = snapshot;
  return {
    path,
    ...(target === undefined ? {} : { target }),
    live: shapeOf(snapshot),
    stable: stamp?.stable ?? null,
    ...(additional === undefined ? {} : { next: additional.version }),
    ...(pinned === undefined ? {} : { pinned }),
    drifted: false,
    ...(stamp === undefined ? {} : { stamp }),
  };
}

function aliasStatuses(
  release: Release,
  ports: Pick<ReleasePorts, "aliases">,
  left: ReadonlyMap<string, string>,
  pins: ReadonlyMap<string, string>,
): Promise<AliasStatus>[] {
  return release.members.map(async (member): Promise<AliasStatus> => {
    const { path, target, next } = member;
    const { intent } = release.progress[path] ?? {};
    const stable = stableOf(release, path);
    const recorded = recordedShape(release, path, left);
    const pinned = pins.get(path);
    const base = {
      path,
      ...(target === undefined ? {} : { target }),
      stable,
      ...(next === undefined ? {} : { next }),
      ...(recorded === undefined ? {} : { recorded }),
      ...(pinned === undefined ? {} : { pinned }),
    };
    if (target === undefined) return { ...base, problem: "not deployed yet", drifted: false };
    try {
      const live = await ports.aliases.get(target);
      if (live === undefined) return { ...base, problem: "the alias does not exist", drifted: true };
      const known = [recorded, intent?.goal, intent?.before].filter((shape) => shape !== undefined);
      const { primary, additional } = live;
      const shape = additional === undefined ? { primary } : { primary, additional };
      return { ...base, live: shape, drifted: known.length > 0 && !known.some((one) => isSameShape(one, live)) };
    } catch (error) {
      return { ...base, problem: error instanceof Error ? error.message : String(error), drifted: false };
    }
  });
}

/** What the alias should serve: what this release left or found there, or else what the last finished one left. */
function recordedShape(release: Release, path: string, left: ReadonlyMap<string, string>): AliasShape | undefined {
  const { verified } = release.progress[path] ?? {};
  if (verified !== undefined) return verified;
  const version = stableOf(release, path) ?? left.get(path);
  return version === undefined ? undefined : { primary: version };
}

/** Finished releases and deploys without one, newest first, with how the journal was found. */
export async function releaseHistory(
  ports: Pick<ReleasePorts, "journal" | "aliases" | "clock">,
  options: LookOptions = {},
): Promise<{
  readonly releases: readonly HistoryEntry[];
  /** Deploys that ended, or were killed, before they changed anything. */
  readonly plans: readonly PlanStatus[];
  readonly found: JournalFinding;
}> {
  const found = await lookIntoJournal(ports, options);
  const { history = [], plans = [] } = found.document ?? {};
  return { releases: history, plans: planStatuses(plans, ports.clock.now(), options.isGone), found };
}

/** Explains the state of the release. */
export interface Explanation {
  readonly release: string;
  /** What is wrong with the journal. Absent where nothing is. */
  readonly trouble?: string;
  readonly state?: Release["state"];
  /** Sentences, the most important first. */
  readonly reasons: readonly string[];
  /** What the new versions failed with first, of the present release; absent where nothing failed or is known. */
  readonly failures?: readonly MemberFailures[];
  /** Everything that was journalled of it, oldest first. */
  readonly events: readonly ReleaseEvent[];
}

/** Explains the present release, or a named one from its log. Undefined when there is none. */
export async function explainRelease(
  ports: Pick<ReleasePorts, "journal" | "aliases" | "clock" | "failures">,
  id?: string,
  options: LookOptions = {},
): Promise<Explanation | undefined> {
  const { document, trouble } = await lookIntoJournal(ports, options);
  const wanted = id ?? document?.release?.id;
  if (document === undefined || wanted === undefined) return undefined;
  const logged = await ports.journal.readLog(wanted);
  const last = logged.at(-1)?.seq ?? 0;
  const events = [...logged, ...document.pending.filter(({ release, seq }) => release === wanted && seq > last)];
  const present = document.release?.id === wanted ? document.release : undefined;
  const entry = document.history.find((one) => one.id === wanted);
  const state = present?.state ?? entry?.state;
  const reasons =
    present === undefined ? entryReasons(entry, events) : presentReasons(present, document, ports.clock.now());
  const failures =
    present === undefined || ports.failures === undefined ? [] : await explainFailures(present, ports.failures);
  return {
    release: wanted,
    ...(trouble === undefined ? {} : { trouble }),
    ...(state === undefined ? {} : { state }),
    reasons,
    ...(failures.length === 0 ? {} : { failures }),
    events,
  };
}

function entryReasons(entry: HistoryEntry | undefined, events: readonly ReleaseEvent[]): readonly string[] {
  if (entry?.cause !== undefined) return [`${entry.state}, by ${entry.cause.trigger}: ${entry.cause.text}`];
  const last = events.findLast(({ code }) => code === "StateEntered");
  return last === undefined ? [] : [last.text];
}

function presentReasons(release: Release, document: JournalDocument, now: number): readonly string[] {
  const reasons: string[] = [];
  const { cause, pause, deadline, verdict, stragglers, effect, policy, step } = release;
  if (release.state === "SHIFTING" && policy.steps[step] !== undefined) {
    reasons.push(
      `step ${step + 1} of ${policy.steps.length}: ${policy.steps[step].percent} % of ${movingMembers(release).length} aliases`,
    );
  }
  if (pause !== undefined) reasons.push(`paused by ${pause.cause.trigger}: ${pause.cause.text}`);
  else if (cause !== undefined) reasons.push(`${release.state} by ${cause.trigger}: ${cause.text}`);
  if (deadline !== undefined)
    reasons.push(
      deadline > now ? `watched for ${Math.ceil((deadline - now) / 1000)} s more` : "the time of watching is over",
    );
  if (verdict !== undefined) reasons.push(`last verdict ${verdict.outcome}: ${verdict.reasons.join("; ")}`);
  if (effect !== undefined) reasons.push(`${effect.kind} was started and its outcome is not recorded yet`);
  reasons.push(...stragglers.map(({ path, reason }) => `${path} could not be rolled back: ${reason}`));
  const { lock } = document;
  if (lock !== undefined)
    reasons.push(
      lock.leaseUntil > now ? `driven by ${lock.actor}` : `its driver (${lock.actor}) is silent: run \`resume\``,
    );
  return reasons;
}
