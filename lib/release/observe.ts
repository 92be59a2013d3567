import {
  type AliasObservation,
  type Needs,
  type Observations,
  type PreflightFinding,
  type SeenVersion,
} from "./decide/decision.ts";
import { movingMembers, stableOf, steppedMembers } from "./decide/members.ts";
import { isSameShape } from "./alias-shape.ts";
import { previousVersions } from "./history.ts";
import { readIdle, readTargets, seenVersion } from "./observe-capacity.ts";
import type { Member, Release } from "./model.ts";
import type { HistoryEntry } from "./ports/journal-port.ts";
import type { ReleasePorts } from "./ports/ports.ts";
import { read } from "./reading.ts";

/** What the driver carries over from its last command to the next tick. */
export type Carried = Pick<Observations, "writes" | "effect">;

/** Looks at what the release needs to see. What cannot be read is reported as such, never left out. */
export async function observe(
  release: Release,
  needs: Needs,
  ports: ReleasePorts,
  journal: { readonly requests: Observations["requests"]; readonly history: readonly HistoryEntry[] },
  carried: Carried,
): Promise<Observations> {
  const members = release.members.filter((member) => needs.aliases.includes(member.path));
  const reading = readAliases(release, members, ports);
  const published = needs.versions ? readVersions(release, ports) : undefined;
  const [aliases, alarms, metrics, served, preflight, versions, targets, idle, stackStatuses, pins] = await Promise.all(
    [
      reading,
      needs.alarms && release.alarms.length > 0 ? read(() => ports.alarms.read(release.alarms)) : undefined,
      needs.metrics && release.analysis !== undefined ? readMetrics(release, ports) : undefined,
      needs.served && release.analysis !== undefined ? readServed(release, ports, reading) : undefined,
      needs.preflight ? read(() => preflightMembers(release, ports)) : undefined,
      published,
      readTargets(release, needs.targets ?? [], ports),
      needs.idle && readIdle(release, needs.idle, published, ports),
      (needs.versions || needs.stacks) && ports.stacks !== undefined ? read(() => ports.stacks!.statuses()) : undefined,
      needs.pins && ports.stacks !== undefined ? read(() => ports.stacks!.pins()) : undefined,
    ],
  );
  const rollbackTargets = needs.versions ? collectRollbackTargets(release, journal.history) : undefined;
  return {
    aliases,
    alarms,
    metrics,
    served,
    preflight,
    versions,
    targets,
    idle,
    stackStatuses,
    pins,
    rollbackTargets,
    previous: needs.versions ? previousVersions(release, journal.history, ports.clock.now()) : undefined,
    ...carried,
    requests: journal.requests,
  };
}

async function readAliases(
  release: Release,
  members: readonly Member[],
  ports: ReleasePorts,
): Promise<ReadonlyMap<string, AliasObservation>> {
  const pairs = members.map(async (member) => [member.path, await readAlias(release, member, ports)] as const);
  return new Map(await Promise.all(pairs));
}

async function readAlias(release: Release, member: Member, ports: ReleasePorts): Promise<AliasObservation> {
  const { target } = member;
  if (target === undefined) return { kind: "missing" };
  const seen = await read(() => ports.aliases.get(target));
  if (seen.kind === "unreadable") return seen;
  if (seen.value === undefined) return { kind: "missing" };
  const { verified, intent, byStacks } = release.progress[member.path] ?? {};
  const known = [verified, intent?.goal, intent?.before, byStacks].filter((shape) => shape !== undefined);
  const strange = known.length > 0 && !known.some((shape) => isSameShape(shape, seen.value!));
  const moving = strange ? await read(() => ports.aliases.isTransitioning(target)) : undefined;
  return { kind: "seen", snapshot: seen.value, transitioning: moving?.kind === "read" && moving.value };
}

/** The figures of the versions that share traffic, since the shift began, by member path. */
export async function readMetrics(release: Release, ports: ReleasePorts): Promise<Observations["metrics"]> {
  const baking = release.state === "BAKING" || release.pause?.from === "BAKING";
  const watched = baking ? movingMembers(release) : steppedMembers(release);
  const from = release.shiftedAt ?? release.enteredAt;
  const sole = baking && release.verifiedAt !== undefined ? { soleSince: release.verifiedAt } : {};
  const pairs = watched.map(async (member) => {
    const query = {
      target: member.target!,
      next: member.next!,
      stable: stableOf(release, member.path)!,
      from,
      to: ports.clock.now(),
      ...sole,
      ...(member.outcomes === undefined ? {} : { outcomes: member.outcomes }),
      ...(release.analysis?.latency === undefined ? {} : { latency: release.analysis.latency }),
      ...(member.comparisons === undefined ? {} : { comparisons: member.comparisons }),
    };
    return [member.path, await read(() => ports.metrics.read(query))] as const;
  });
  return new Map(await Promise.all(pairs));
}

/** How long before the stage a version is looked at. */
const BASELINE_MS = 60 * 60_000;

/** What each alias's version served: in the hour before the stage, or since the stage until it has no traffic left. */
async function readServed(
  release: Release,
  ports: ReleasePorts,
  reading: Promise<ReadonlyMap<string, AliasObservation>>,
): Promise<Observations["served"]> {
  const aliases = await reading;
  const now = ports.clock.now();
  const { staged, shiftedAt, baseline } = release;
  const moving = new Set(movingMembers(release).map(({ path }) => path));
  const isBaking = release.state === "BAKING" || release.pause?.from === "BAKING";
  const members = release.members.filter(({ path, target }) => {
    if (target === undefined) return false;
    return staged === undefined || (baseline?.[path] !== undefined && !(isBaking && moving.has(path)));
  });
  const pairs = members.map(async ({ path, target, outcomes }) => {
    const alias = aliases.get(path);
    const version = stableOf(release, path) ?? (alias?.kind === "seen" ? alias.snapshot.primary : undefined);
    if (version === undefined) return [path, { kind: "read", value: { calls: [] } }] as const;
    const found = await read(async () => {
      const from = staged?.at ?? now - BASELINE_MS;
      const soleUntil = moving.has(path) ? (shiftedAt ?? now) : now;
      const asked = { target: target!, version, from, to: now, soleUntil };
      return ports.metrics.readServed({ ...asked, ...(outcomes === undefined ? {} : { outcomes }) });
    });
    return [path, found] as const;
  });
  return new Map(await Promise.all(pairs));
}

async function readVersions(release: Release, ports: ReleasePorts): Promise<Observations["versions"]> {
  const known = release.members.filter((member) => member.target !== undefined);
  const pairs = known.map(
    async (member) => [member.path, await read(() => ports.aliases.versions(member.target!))] as const,
  );
  return new Map(await Promise.all(pairs));
}

async function preflightMembers(release: Release, ports: ReleasePorts): Promise<PreflightFinding> {
  const members = movingMembers(release).filter((member) => member.kind === "function");
  const timeoutMs = new Map<string, number>();
  const seen = new Map<string, SeenVersion>();
  const problems = await Promise.all(
    members.map((member) => preflightMember(release, member, ports, { timeoutMs, seen })),
  );
  return { problems: problems.flat(), timeoutMs, seen };
}

/** Version pairs that AWS forbids in one alias, found before any weight is written. */
async function preflightMember(
  release: Release,
  member: Member,
  ports: ReleasePorts,
  found: { readonly timeoutMs: Map<string, number>; readonly seen: Map<string, SeenVersion> },
): Promise<string[]> {
  const target = member.target!;
  const [next, stable, concurrency] = await Promise.all([
    ports.aliases.configuration(target, member.next!),
    ports.aliases.configuration(target, stableOf(release, member.path)!),
    ports.capacity.concurrency(target),
  ]);
  found.timeoutMs.set(member.path, next.timeoutMs);
  found.seen.set(member.path, seenVersion(next, concurrency));
  const problems: string[] = [];
  const stepped = member.shift === "policy" && release.policy.steps.length > 0;
  if (!stepped) return problems;
  if (next.role !== stable.role) {
    problems.push(
      `${member.path}: versions ${stable.version} and ${next.version} have different execution roles, which cannot share an alias: deploy it all at once`,
    );
  }
  if (next.deadLetterTarget !== stable.deadLetterTarget) {
    problems.push(
      `${member.path}: versions ${stable.version} and ${next.version} have different dead-letter targets, which cannot share an alias: deploy it all at once`,
    );
  }
  if (await ports.aliases.hasProvisionedConcurrency(target)) {
    problems.push(
      `${member.path}: alias ${target.alias} has provisioned concurrency, which forbids weights: configure it on versions`,
    );
  }
  return problems;
}

function collectRollbackTargets(
  release: Release,
  history: readonly HistoryEntry[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const targets = new Map<string, Set<string>>();
  for (const entry of history.slice(0, release.keepVersions)) {
    for (const { path, before, after } of entry.members) {
      const versions = targets.get(path) ?? new Set<string>();
      for (const version of [before, after]) if (version !== null) versions.add(version);
      targets.set(path, versions);
    }
  }
  return targets;
}
