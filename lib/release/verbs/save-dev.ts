import { UserError } from "../../errors.ts";
import { renderStamp } from "../alias-stamp.ts";
import { stableOf } from "../decide/members.ts";
import { historyEntry, liveVersions } from "../history.ts";
import type { JournalMemory, JournalSession } from "../journal-session.ts";
import type { Progress, Release } from "../model.ts";
import { newRelease, takenOver } from "../plan.ts";
import type { HistoryEntry } from "../ports/journal-port.ts";
import type { AliasSnapshot, ReleasePorts } from "../ports/ports.ts";
import { isFinished, STATES } from "../states.ts";
import { planOfAliases } from "./known-plan.ts";
import { newReleaseId } from "./new-release-id.ts";
import type { KnownAlias, VerbOptions } from "./outcome.ts";
import { withSession } from "./with-session.ts";

/** An alias that a dev session may move, with the version that it served when the session started. */
export interface DevAlias extends KnownAlias {
  readonly version: string;
}

/** A version that was just published. */
export interface DevVersion {
  /** Path of the member. */
  readonly path: string;
  readonly version: string;
  /** Resolves when the version may take traffic; no alias moves where it rejects. @default - at once */
  readonly ready?: Promise<void>;
}

/** What one save needs besides who acts. */
export interface DevSave {
  /** Every alias of the session. */
  readonly aliases: readonly DevAlias[];
  /** What the session's last save left in the journal. */
  readonly memory?: JournalMemory;
  /** Paths of the aliases that this save is going to move. */
  readonly paths: readonly string[];
  /** Publishes the versions. Called once the lock is held and no release is under way. */
  readonly publish: () => Promise<readonly DevVersion[]>;
  /** Called as soon as an alias serves its new version. */
  readonly onMoved: (path: string, version: string) => void;
}

const KEEP_VERSIONS = 5;
const HISTORY_KEPT = 50;

/**
 * Publishes versions and moves their aliases at once, as part of a release of the kind `dev`: one for a session, so that
 * `rollback` goes back to what was live before it. The lock is held throughout, and each alias is written by
 * compare-and-set with a stamp, so the next deploy finds nothing foreign. Throws a `UserError` while another deployer
 * holds the lock (`DeployerBusy`), while a release is under way (`ReleaseUnderWay`), or where an alias is split
 * (`AliasSplit`); nothing is published then.
 */
export async function saveDev(ports: ReleasePorts, options: VerbOptions, save: DevSave): Promise<Release | undefined> {
  const early = readAliases(ports, save);
  // It is thrown below, once it is known whether a release is under way.
  early.catch(() => undefined);
  const { memory } = save;
  return withSession(ports, { ...options, ...(memory && { memory }) }, async (session) => {
    refuseUnderWay(session.release);
    // Only where no other deployer held the lock since the last save are the aliases those that were read before it was taken.
    const seen = await (session.isContinued ? early : readAliases(ports, save));
    const published = await save.publish();
    if (published.length === 0) return undefined;
    const release = releaseOf(session, options, save, { seen, published, now: ports.clock.now() });
    const history = historyWith(release, session);
    const intended = { release: withIntents(release, session.fence, { seen, published }), history };
    await Promise.all([session.commit(intended), ...published.map(({ ready }) => ready)]);
    const moving = { ports, release, seen, save, fence: session.fence };
    await Promise.all(published.map((one) => move(one, moving)));
    const verified = withVerified(release, published);
    await session.commit({ release: verified });
    return verified;
  });
}

function refuseUnderWay(release: Release | undefined): void {
  if (release === undefined || isFinished(release)) return;
  const text = `Release ${release.id} of ${release.app} ${release.stage} is under way (${release.state}); the change was not published`;
  const fix = STATES[release.state].isResting
    ? "End it with `tidegate resume`, `promote` or `abort`, then save again."
    : "Wait until it has ended, or end it with `tidegate promote` or `abort`, then save again.";
  throw new UserError("ReleaseUnderWay", text, { fix });
}

async function readAliases(ports: ReleasePorts, save: DevSave): Promise<ReadonlyMap<string, AliasSnapshot>> {
  const wanted = save.aliases.filter(({ path }) => save.paths.includes(path));
  const found = await Promise.all(
    wanted.map(async ({ path, target }): Promise<[string, AliasSnapshot]> => {
      const alias = await ports.aliases.get(target);
      if (alias === undefined) {
        throw new UserError("AliasGone", `${path}: the alias ${target.alias} of ${target.name} no longer exists`, {
          fix: "Run `tidegate deploy`.",
        });
      }
      if (alias.additional !== undefined) {
        throw new UserError("AliasSplit", `${path}: its alias serves two versions; the change was not published`, {
          fix: "Look with `tidegate status`, and end what splits it with `promote` or `abort`.",
        });
      }
      return [path, alias];
    }),
  );
  return new Map(found);
}

interface Published {
  readonly seen: ReadonlyMap<string, AliasSnapshot>;
  readonly published: readonly DevVersion[];
  readonly now: number;
}

/** The session's release with the new versions. A session that was killed is continued by the next one. */
function releaseOf(session: JournalSession, options: VerbOptions, save: DevSave, now: Published): Release {
  const before = session.release;
  const known = new Set(before?.members.map(({ path }) => path));
  const isContinued = before?.kind === "dev" && save.aliases.every(({ path }) => known.has(path));
  const release = isContinued ? before : newDevRelease(session, options, save, now);
  const next = new Map(now.published.map(({ path, version }) => [path, version]));
  const members = release.members.map((member) => ({ ...member, next: next.get(member.path) ?? member.next }));
  return { ...release, members, enteredAt: now.now };
}

/** Releases since the session started may have moved aliases: what they left is on record. */
function newDevRelease(
  { release: before, document }: JournalSession,
  { app, stage, actor }: VerbOptions,
  { aliases }: DevSave,
  { seen, now }: Published,
): Release {
  const origin = { actor, templateDigest: before?.origin.templateDigest ?? "" };
  const plan = planOfAliases(aliases, { app, stage, actor }, origin);
  const keepVersions = before?.keepVersions ?? KEEP_VERSIONS;
  const policy = { name: "AllAtOnce", steps: [], finalBakeMs: 0 };
  const fresh = newRelease({ ...plan, policy, keepVersions }, newReleaseId(now), now);
  const left = liveVersions(document.history);
  const live = new Map(
    aliases.map(({ path, version }) => [path, seen.get(path)?.primary ?? left.get(path) ?? version]),
  );
  return {
    ...fresh,
    kind: "dev",
    state: "SUCCEEDED",
    ...takenOver(before),
    members: fresh.members.map((member) => ({ ...member, next: live.get(member.path) })),
    stable: Object.fromEntries(live),
  };
}

function historyWith(release: Release, { document }: JournalSession): readonly HistoryEntry[] {
  const others = document.history.filter(({ id }) => id !== release.id);
  return [historyEntry(release, release.enteredAt), ...others].slice(0, HISTORY_KEPT);
}

/** What is about to be written: should this process be killed, it is known that the aliases may serve either version. */
function withIntents(release: Release, fence: number, { seen, published }: Omit<Published, "now">): Release {
  const intents = published.flatMap(({ path, version }): [string, Progress][] => {
    const before = seen.get(path);
    if (before === undefined) return [];
    const goal = { primary: version };
    const verified = { primary: before.primary };
    const intent = { goal, before: verified, alsoPossible: [], step: "live", fence, at: release.enteredAt };
    return [[path, { verified, intent, touched: true, failures: 0 }]];
  });
  return { ...release, progress: { ...release.progress, ...Object.fromEntries(intents) } };
}

function withVerified(release: Release, published: readonly DevVersion[]): Release {
  const verified = published.map(({ path, version }): [string, Progress] => [
    path,
    { verified: { primary: version }, touched: true, failures: 0 },
  ]);
  return { ...release, progress: { ...release.progress, ...Object.fromEntries(verified) } };
}

interface Moving {
  readonly ports: ReleasePorts;
  readonly release: Release;
  readonly seen: ReadonlyMap<string, AliasSnapshot>;
  readonly save: DevSave;
  readonly fence: number;
}

async function move({ path, version }: DevVersion, { ports, release, seen, save, fence }: Moving): Promise<void> {
  const target = save.aliases.find((alias) => alias.path === path)?.target;
  const before = seen.get(path);
  if (target === undefined || before === undefined) return;
  const stable = stableOf(release, path) ?? before.primary;
  const outcome = await ports.aliases.update({
    target,
    goal: { primary: version },
    before,
    ...(before.revision === undefined ? {} : { revision: before.revision }),
    description: renderStamp({ release: release.id, step: "live", stable, fence }),
    urgent: true,
  });
  if (outcome.kind === "written") return save.onMoved(path, version);
  throw new UserError("AliasNotMoved", `${path}: its alias was not moved to version ${version}: ${outcome.reason}`, {
    fix: "Save the file again.",
  });
}
