import { RemoteError } from "../errors.ts";
import { describeShape, describeTarget, isSameShape } from "./alias-shape.ts";
import { renderStamp } from "./alias-stamp.ts";
import type { Command, EffectOutcome, PlannedWrite, RefusedPreparation } from "./decide/decision.ts";
import { movingMembers, promotedMembers, stableOf } from "./decide/members.ts";
import type { Effect, Member, OldResource, Preparation, Release } from "./model.ts";
import type { JournalSession } from "./journal-session.ts";
import type { Carried } from "./observe.ts";
import { servesOlder } from "./old-resources.ts";
import { read } from "./reading.ts";
import type { FinaliseOutcome } from "./ports/stack-port.ts";
import type { AliasWriteOutcome, HookPayload, ReleasePorts } from "./ports/ports.ts";

/** Carries out a journalled command. The result is advisory; the next observation is authoritative. */
export async function act(
  command: Command,
  release: Release,
  session: JournalSession,
  ports: ReleasePorts,
): Promise<Carried> {
  switch (command.kind) {
    case "write":
      return { writes: await writeAliases(command, release, session, ports) };
    case "hook":
      return effect({ kind: "hook", outcome: await ports.hooks.call(command.hook, hookPayload(command, release)) });
    case "align":
      return effect(await withHeartbeat(session, ports, (signal) => align(release, session, ports, signal)));
    case "stage":
      return effect(await withHeartbeat(session, ports, (signal) => stage(release, session, ports, signal)));
    case "finalise":
      return effect(await withHeartbeat(session, ports, (signal) => finalise(release, session, ports, signal)));
    case "prepare":
      return effect(await prepare(command.effect.preparations, release, ports));
    case "delete-old":
      return effect(await deleteOldResources(release, session, ports));
    case "prune":
      return effect(await prune(command.effect, release, session, ports));
  }
}

function effect(outcome: EffectOutcome): Carried {
  return { writes: new Map(), effect: outcome };
}

async function writeAliases(
  command: Extract<Command, { kind: "write" }>,
  release: Release,
  session: JournalSession,
  ports: ReleasePorts,
): Promise<ReadonlyMap<string, AliasWriteOutcome>> {
  const outcomes = new Map<string, AliasWriteOutcome>();
  for (const batch of command.batches) {
    await Promise.all(
      batch.map(async (write) => {
        await session.renewIfDue();
        outcomes.set(write.member.path, await writeAlias(write, release, command.urgent, ports));
      }),
    );
    const failed = [...outcomes.values()].some(({ kind }) => kind !== "written");
    if (failed && command.stopOnFailure) break;
  }
  return outcomes;
}

function writeAlias(
  write: PlannedWrite,
  release: Release,
  urgent: boolean,
  ports: ReleasePorts,
): Promise<AliasWriteOutcome> {
  const { member, intent } = write;
  const stable = stableOf(release, member.path)!;
  return ports.aliases.update({
    target: member.target!,
    goal: intent.goal,
    before: intent.before,
    ...(intent.revision === undefined ? {} : { revision: intent.revision }),
    description: renderStamp({ release: release.id, step: intent.step, stable, fence: intent.fence }),
    urgent,
  });
}

function hookPayload(command: Extract<Command, { kind: "hook" }>, release: Release): HookPayload {
  const { hook, attempt } = command;
  const { percent } = release.policy.steps[release.step] ?? {};
  return {
    release: release.id,
    app: release.app,
    stage: release.stage,
    phase: hook.phase,
    idempotencyKey: `${release.id}/${hook.phase}/${hook.path}/${release.state === "SHIFTING" ? release.step : 0}/${attempt}`,
    ...(release.state === "SHIFTING" && percent !== undefined ? { step: { index: release.step, percent } } : {}),
    members: movingMembers(release).map((member) => ({
      path: member.path,
      kind: member.kind,
      name: member.target!.name,
      alias: member.target!.alias,
      stable: stableOf(release, member.path),
      next: member.next ?? null,
    })),
  };
}

async function align(
  release: Release,
  session: JournalSession,
  ports: ReleasePorts,
  signal: AbortSignal,
): Promise<EffectOutcome> {
  const stable = stableVersions(release);
  const members = release.members.filter(({ path }) => stable.has(path));
  try {
    const moved = new Set((await findMoved(members, stable, ports)).map(({ path }) => path));
    // An alias that another caller moved keeps the pin that it has: setting it would move the alias.
    const live = new Map([...stable].filter(([path]) => !moved.has(path)));
    return {
      kind: "align",
      outcome: await setPins({ live, contracts: false, members }, release, session, ports, signal),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "align", outcome: { kind: "failed", reason: messageOf(error) } };
  }
}

/** What each alias served before the release, by member path; without those that had nothing. */
function stableVersions(release: Release): ReadonlyMap<string, string> {
  const known = Object.entries(release.stable ?? {});
  return new Map(known.flatMap(([path, version]) => (version === null ? [] : [[path, version] as const])));
}

async function stage(
  release: Release,
  session: JournalSession,
  ports: ReleasePorts,
  signal: AbortSignal,
): Promise<EffectOutcome> {
  if (ports.stacks === undefined)
    return { kind: "stage", outcome: { kind: "failed", reason: "no stacks are at hand here: run `deploy`" } };
  const pinned = stableVersions(release);
  const { templateDigest } = release.origin;
  const request = { release: release.id, fence: session.fence, templateDigest, pinned, signal };
  try {
    return { kind: "stage", outcome: await ports.stacks.stage(request) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "stage", outcome: { kind: "failed", reason: messageOf(error) } };
  }
}

async function finalise(
  release: Release,
  session: JournalSession,
  ports: ReleasePorts,
  signal: AbortSignal,
): Promise<EffectOutcome> {
  const drifted = new Set(release.drifted);
  const live = new Map(
    release.members
      .filter(({ path }) => !drifted.has(path))
      .flatMap((member) => {
        const version = member.next ?? stableOf(release, member.path);
        return version === null ? [] : [[member.path, version] as const];
      }),
  );
  const members = promotedMembers(release).filter(({ path }) => !drifted.has(path));
  const pins = { live, contracts: drifted.size === 0, members };
  return { kind: "finalise", outcome: await setPins(pins, release, session, ports, signal) };
}

/** Versions that the stacks are to pin. */
interface PinRequest {
  readonly live: ReadonlyMap<string, string>;
  readonly contracts: boolean;
  /** The members whose aliases CloudFormation may write. */
  readonly members: readonly Member[];
}

async function setPins(
  { live, contracts, members }: PinRequest,
  release: Release,
  session: JournalSession,
  ports: ReleasePorts,
  signal: AbortSignal,
): Promise<FinaliseOutcome> {
  if (ports.stacks === undefined) return { kind: "failed", reason: "no stacks are at hand here: run `resume`" };
  try {
    const confirm = async () => {
      await session.refresh();
      await refuseMoved(members, live, ports);
    };
    return await ports.stacks.finalise({ release: release.id, fence: session.fence, live, contracts, signal, confirm });
  } catch (error) {
    signal.throwIfAborted();
    const isUntouched = error instanceof RemoteError && error.code === "AliasMoved";
    return { kind: "failed", reason: messageOf(error), ...(isUntouched && { untouched: true }) };
  }
}

/** CloudFormation writes an alias without a look at it, so it is read once more directly before the change set runs. */
async function refuseMoved(
  members: readonly Member[],
  live: ReadonlyMap<string, string>,
  ports: ReleasePorts,
): Promise<void> {
  const moved = await findMoved(members, live, ports);
  if (moved.length === 0) return;
  const found = moved.map(({ path, serves }) => `${path} serves ${serves}`).join(", ");
  throw new RemoteError("AliasMoved", `Another caller moved an alias before the stacks were updated: ${found}`, {
    fix: "Nothing was changed. Look with `status`.",
  });
}

/** The members whose alias does not serve the version that their pin is to be. One that does not exist is none. */
async function findMoved(
  members: readonly Member[],
  live: ReadonlyMap<string, string>,
  { aliases }: ReleasePorts,
): Promise<readonly { readonly path: string; readonly serves: string }[]> {
  const found = await Promise.all(
    members.map(async ({ path, target }) => {
      const version = live.get(path);
      if (target === undefined || version === undefined) return [];
      const seen = await aliases.get(target);
      return seen === undefined || isSameShape(seen, { primary: version })
        ? []
        : [{ path, serves: describeShape(seen) }];
    }),
  );
  return found.flat();
}

/** Keeps the lease while something long runs; aborts it when the lock is lost. */
async function withHeartbeat<T>(
  session: JournalSession,
  ports: ReleasePorts,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const done = new AbortController();
  const heart = beat(session, ports, done.signal).catch((error: unknown) => lost.abort(error));
  try {
    return await work(lost.signal);
  } finally {
    done.abort();
    await heart;
    lost.signal.throwIfAborted();
  }
}

async function beat(session: JournalSession, ports: ReleasePorts, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    await ports.clock.sleep(20_000, done);
    if (!done.aborted) await session.renewIfDue();
  }
}

async function prepare(
  preparations: readonly Preparation[],
  release: Release,
  ports: ReleasePorts,
): Promise<EffectOutcome> {
  const refused = preparations.map(async (one): Promise<RefusedPreparation[]> => {
    const target = release.members.find(({ path }) => path === one.path)?.target;
    if (target === undefined) return [{ ...one, reason: "it is not deployed" }];
    const { version, provision } = one;
    const done =
      provision === undefined
        ? ports.capacity.wake(target, version)
        : ports.capacity.provision(target, version, provision);
    return done.then(
      () => [],
      (error: unknown) => [{ ...one, reason: messageOf(error) }],
    );
  });
  return { kind: "prepare", refused: (await Promise.all(refused)).flat() };
}

/** Why a driver without the permission leaves old resources alone. */
const MAY_NOT_DELETE = "the driver in the account may not delete it; the next `deploy` does";

/** Deletes the old resources that no live version can need. Continues past single failures. */
async function deleteOldResources(
  { oldResources = [] }: Release,
  session: JournalSession,
  ports: ReleasePorts,
): Promise<EffectOutcome> {
  const { stacks } = ports;
  const problems = new Map<OldResource, string>();
  for (const resource of oldResources) {
    await session.renewIfDue();
    const problem = stacks?.deleteOld === undefined ? MAY_NOT_DELETE : await whyNeeded(resource, ports);
    if (problem !== undefined) problems.set(resource, problem);
  }
  const free = oldResources.filter((resource) => !problems.has(resource));
  const failures = free.length > 0 ? await stacks?.deleteOld?.(free, () => session.refresh()) : undefined;
  for (const resource of free) {
    const problem = failures?.get(resource.physicalId);
    if (problem !== undefined) problems.set(resource, problem);
  }
  const left = [...problems].map(([resource, problem]) => ({ ...resource, problem }));
  return { kind: "delete-old", deleted: oldResources.filter((resource) => !problems.has(resource)), left };
}

/** Which alias may need an old resource: one that serves a version from before its replacement, or cannot be read. */
async function whyNeeded({ after }: OldResource, { aliases }: ReleasePorts): Promise<string | undefined> {
  for (const { target, version } of after) {
    const found = await read(() => aliases.get(target));
    if (found.kind === "unreadable") return `${describeTarget(target)} could not be read: ${found.reason}`;
    if (found.value !== undefined && servesOlder(found.value, version))
      return `${describeTarget(target)} serves ${describeShape(found.value)}, which may need it`;
  }
  return undefined;
}

async function prune(
  { doomed, idle = {} }: Extract<Effect, { kind: "prune" }>,
  release: Release,
  session: JournalSession,
  ports: ReleasePorts,
): Promise<EffectOutcome> {
  const deleted: Record<string, string[]> = {};
  const released: Record<string, Record<string, number>> = {};
  const kept: string[] = [];
  for (const { path, target } of release.members) {
    for (const [version, amount] of Object.entries(idle[path] ?? {})) {
      await session.renewIfDue();
      const isReleased = await ports.capacity.release(target!, version).then(isTrue, isFalse);
      if (isReleased) (released[path] ??= {})[version] = amount;
    }
    for (const version of doomed[path] ?? []) {
      await session.renewIfDue();
      const gone = await ports.aliases.deleteVersion(target!, version).catch(isFalse);
      if (gone) (deleted[path] ??= []).push(version);
      else kept.push(`${path}:${version}`);
    }
  }
  return { kind: "prune", deleted, kept, released };
}

function isTrue(): boolean {
  return true;
}

function isFalse(): boolean {
  return false;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
