import { isSameShape } from "../alias-shape.ts";
import { UserError } from "../../errors.ts";
import { drive } from "../drive.ts";
import { EXIT } from "../exit-code.ts";
import type { JournalSession } from "../journal-session.ts";
import type { JournalFinding } from "../mend-journal.ts";
import { historyEntry, isGoneBackFrom, liveVersions } from "../history.ts";
import type { Progress, Release } from "../model.ts";
import { takenOver, newRelease } from "../plan.ts";
import type { HistoryEntry, JournalDocument } from "../ports/journal-port.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { STATES } from "../states.ts";
import { abortRelease, asRollback, type AskOptions } from "./ask.ts";
import { type KnownAlias, outcomeOf, type ReleaseOutcome } from "./outcome.ts";
import type { NewEvent } from "../events.ts";
import { giveUp } from "./give-up.ts";
import { giveUpPlans } from "./give-up-plans.ts";
import { letGo, refuseUnknownMembers } from "./let-go.ts";
import { reopen } from "./reopen.ts";
import { planOfAliases } from "./known-plan.ts";
import { newReleaseId } from "./new-release-id.ts";
import { nothingFound, openJournal } from "./open-journal.ts";
import { withSession } from "./with-session.ts";

/** Where to go back to. */
export interface RollbackOptions extends AskOptions {
  /** Id of a release of the history: back to what it left live. @default - what was live before the last one */
  readonly to?: string;
  /** Paths of members to leave out, as their alias or stack is gone: nothing waits for them. */
  readonly without?: readonly string[];
  /** @default - the endpoint's time and four random bytes */
  readonly releaseId?: string;
  /** Id of the release that the user confirmed to leave: refused where another one is the last by now. */
  readonly leaves?: string;
  /** The release whose watch failed: its driver drives the rollback to its end. */
  readonly watchOf?: string;
}

/** How long a rollback watches a stack update that was under way when it started. */
const STACKS_PATIENCE_MS = 30 * 60_000;

interface Target {
  readonly name: string;
  /** What each alias should serve, and what it is recorded to serve now. */
  readonly members: readonly (KnownAlias & {
    readonly back: string;
    readonly live: string;
    /** What the release that is reverted left there: CloudFormation may have put it back since. */
    readonly left: string;
  })[];
}

/**
 * Rolls back every alias by one call each. A release under way is aborted; a finished one is reverted to the release
 * before it. Needs only the journal (or the aliases' own stamps) and the aliases: not CloudFormation, not metrics, not
 * hooks.
 */
export async function rollbackRelease(ports: ReleasePorts, options: RollbackOptions): Promise<ReleaseOutcome> {
  const found = await openJournal(ports, options);
  if (options.to === undefined && found.document !== undefined) {
    // A deploy that was killed before it changed anything: going back from the release before it would be a surprise.
    const givenUp = await giveUpPlans(ports, options.actor, options.reason);
    const { release } = found.document;
    if (givenUp.length > 0) return { exitCode: EXIT.done, unchanged: false, ...(release && { release }), givenUp };
  }
  if (found.document === undefined) return nothingFound(found);
  const { release, lock } = found.document;
  const isDriven = lock !== undefined && lock.leaseUntil > ports.clock.now();
  if (isDriven && release !== undefined && isUnderWay(release)) return abortRelease(ports, options);
  // A driver that only waits for the stacks holds nothing up: going back comes first, and it finds itself overtaken.
  const takesOver = isDriven && release !== undefined && STATES[release.state].phase === "settling";
  return withSession(ports, { ...options, takesOver }, (session) => rollbackInSession(session, ports, options, found));
}

/** The journal under the lock is authoritative: a release may have started since it was read. */
export async function rollbackInSession(
  session: JournalSession,
  ports: ReleasePorts,
  options: RollbackOptions,
  found: JournalFinding,
): Promise<ReleaseOutcome> {
  const { release } = session;
  const now = ports.clock.now();
  if (release !== undefined && isUnderWay(release)) {
    await reopen(session, now);
    await letGo(session, options.without ?? [], options.actor);
    await giveUp(session, options.actor, now, options.reason);
    return asRollback(outcomeOf(await drive(session, ports, options)));
  }
  refuseOtherThan(options, session.document);
  const chosen = chooseTarget(session.document, options.to);
  const target = chosen && withoutMembers(chosen, options.without ?? []);
  if (target === undefined || (await isThere(target, ports))) return nothingFound(found, release);
  // What was live before the last release is never pruned: only an older choice has to be looked up first.
  if (options.to !== undefined) await refuseMissing(target, ports);
  await session.commit({
    release: buildRollback(target, session.document, options, now),
    events: [
      { code: "ReleaseStarted", text: `rollback to ${target.name} requested by ${options.actor}`, trigger: "user" },
      ...missingEvents(session.document, options.to),
    ],
    seenRequests: session.document.requests,
    history: withInterrupted(session.document, now),
  });
  return outcomeOf(await drive(session, ports, options));
}

/** The rollback must do what the user saw and confirmed. */
function refuseOtherThan({ leaves, to }: RollbackOptions, document: JournalDocument): void {
  const entries = entriesOf(document);
  const left = to === undefined ? entries.find(isGoneBackFrom) : entries[0];
  if (leaves === undefined || left === undefined || left.id === leaves) return;
  throw new UserError("RollbackChanged", `The last release is ${left.id} by now, not ${leaves}. Nothing was moved.`, {
    fix: "Look with `status`, and run `rollback` again.",
  });
}

/** Names what the releases that are gone back over took away after their promotion, before anything is moved. */
function missingEvents(document: JournalDocument, to: string | undefined): NewEvent[] {
  const entries = entriesOf(document);
  const last = entries.findIndex((entry) => (to === undefined ? isGoneBackFrom(entry) : entry.id === to));
  const passed = to === undefined ? entries.slice(0, last + 1) : entries.slice(0, Math.max(0, last));
  const gone = [...new Set(passed.flatMap(({ contracted = [] }) => contracted))];
  if (gone.length === 0) return [];
  const text = `the versions gone back to may need what is no longer there: ${gone.join(", ")}`;
  return [{ code: "DependenciesGone", text, trigger: "user", evidence: gone }];
}

/** Past FINALISING all traffic is on the new versions: that is reverted like from a finished release. */
export function isUnderWay({ state }: Release): boolean {
  return STATES[state].phase !== "finished" && STATES[state].phase !== "settling";
}

/** The release to roll back to: `to`, or the latest one that finished before the present one. */
export function chooseTarget(document: JournalDocument, to: string | undefined): Target | undefined {
  const entries = entriesOf(document);
  const live = liveVersions(entries);
  if (to === undefined) {
    const last = entries.find(isGoneBackFrom);
    if (last === undefined) return undefined;
    return buildTarget(`the versions before release ${last.id}`, last, (member) => member.before, live);
  }
  const named = entries.find(({ id }) => id === to);
  if (named !== undefined) return buildTarget(`release ${to}`, named, (member) => member.after, live);
  const known = entries.map(({ id }) => id).join(", ");
  throw new UserError(
    "ReleaseUnknown",
    `There is no release ${to} in the history; it has ${known === "" ? "none" : known}.`,
    {
      fix: "Choose one that `history` shows.",
    },
  );
}

/** Lets members go by name. Refuses names that the target does not have. */
function withoutMembers(target: Target, paths: readonly string[]): Target {
  refuseUnknownMembers(
    target.members.map(({ path }) => path),
    paths,
  );
  return { ...target, members: target.members.filter(({ path }) => !paths.includes(path)) };
}

/** Newest first, with a release that got all traffic but never finished. */
export function entriesOf({ release, history }: JournalDocument): readonly HistoryEntry[] {
  if (release === undefined || history.some(({ id }) => id === release.id)) return history;
  return [historyEntry(release, release.enteredAt), ...history];
}

function withInterrupted(document: JournalDocument, now: number): readonly HistoryEntry[] {
  const { release, history } = document;
  if (release === undefined || history.some(({ id }) => id === release.id)) return history;
  return [historyEntry(release, now), ...history];
}

function buildTarget(
  name: string,
  entry: HistoryEntry,
  versionOf: (member: HistoryEntry["members"][number]) => string | null,
  live: ReadonlyMap<string, string>,
): Target {
  const members = entry.members.flatMap((member) => {
    const back = versionOf(member);
    const { path, target, calls } = member;
    if (back === null || target === undefined) return [];
    return [{ path, target, calls, back, live: live.get(path) ?? back, left: member.after ?? back }];
  });
  return { name, members };
}

/** Looks no further than the first alias that has to move: each call is one less for bringing them back. */
async function isThere(target: Target, ports: ReleasePorts): Promise<boolean> {
  for (const member of target.members) {
    const alias = await ports.aliases.get(member.target).catch(() => undefined);
    if (alias === undefined || !isSameShape(alias, { primary: member.back })) return false;
  }
  return true;
}

async function refuseMissing(target: Target, ports: ReleasePorts): Promise<void> {
  await refuseMissingAliases(target, ports);
  const checks = await Promise.all(
    target.members.map(async (member) => {
      const versions = await ports.aliases.versions(member.target).catch(() => undefined);
      const gone = versions !== undefined && !versions.some(({ version }) => version === member.back);
      return gone ? [`${member.path}: version ${member.back}`] : [];
    }),
  );
  const gone = checks.flat();
  if (gone.length === 0) return;
  throw new UserError("VersionsGone", `Versions to go back to were deleted: ${gone.join(", ")}.`, {
    fix: "Choose a newer release from `history`, or deploy the old sources.",
  });
}

/** An alias that is gone cannot be rolled back: said before anything moves. */
async function refuseMissingAliases(target: Target, ports: ReleasePorts): Promise<void> {
  const seen = await Promise.all(
    target.members.map(async (member) => ({
      path: member.path,
      isGone: await ports.aliases.get(member.target).then(
        (alias) => alias === undefined,
        () => false,
      ),
    })),
  );
  const gone = seen.filter(({ isGone }) => isGone).map(({ path }) => path);
  if (gone.length === 0) return;
  throw new UserError("MembersGone", `${target.name} had aliases that no longer exist: ${gone.join(", ")}.`, {
    fix: `Nothing was moved. Go back without them: \`rollback … ${gone.map((path) => `--without ${path}`).join(" ")}\`.`,
  });
}

function buildRollback(target: Target, document: JournalDocument, options: RollbackOptions, now: number): Release {
  const { actor, reason } = options;
  const digest = entriesOf(document)[0]?.templateDigest ?? "";
  const plan = planOfAliases(target.members, options, {
    actor,
    templateDigest: digest,
    ...(reason === undefined ? {} : { reason }),
  });
  const finalising = document.release?.state === "FINALISING";
  const subscribers = document.release?.subscribers;
  const progress = target.members.map(({ path, live, left }): [string, Progress] => [
    path,
    { verified: { primary: live }, touched: true, failures: 0, byStacks: { primary: left } },
  ]);
  const live = new Map(target.members.map((member) => [member.path, member.live]));
  const fresh = newRelease(plan, options.releaseId ?? newReleaseId(now), now);
  return {
    ...fresh,
    kind: "rollback",
    ...(options.watchOf === undefined ? {} : { watchOf: options.watchOf }),
    ...(subscribers === undefined ? {} : { subscribers }),
    members: fresh.members.map((member) => ({ ...member, next: live.get(member.path) })),
    stable: Object.fromEntries(target.members.map(({ path, back }) => [path, back])),
    progress: Object.fromEntries(progress),
    ...takenOver(document.release),
    ...(finalising ? { stacksQuietBy: now + STACKS_PATIENCE_MS } : {}),
  };
}
