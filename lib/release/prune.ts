import type { Observations } from "./decide/decision.ts";
import type { Concurrency, DoomedVersions, Member, Release, Straggler } from "./model.ts";
import type { PublishedVersion } from "./ports/ports.ts";

/** What may be deleted; or why nothing may, for now or in this release. */
export type PruningPlan =
  | {
      readonly kind: "prune";
      readonly doomed: DoomedVersions;
      /** Provisioned concurrency of versions without traffic. */
      readonly idle: Concurrency;
      /** Members whose provisioned concurrency could not be read. */
      readonly unread: readonly Straggler[];
    }
  | { readonly kind: "later"; readonly reason: string }
  | { readonly kind: "skip"; readonly reason: string };

type Prune = Extract<PruningPlan, { kind: "prune" }>;

const STABLE_STATUS = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/;

/**
 * Chooses the versions that nothing needs: not among the newest `keepVersions`, in no alias, not of this release, no
 * rollback target, not pinned by a running execution; and only while no stack is on its way anywhere.
 */
export function planPruning(release: Release, observations: Observations): PruningPlan {
  const { stackStatuses, versions } = observations;
  if (stackStatuses === undefined) return { kind: "skip", reason: "the stacks' states are not known here" };
  if (stackStatuses.kind === "unreadable") return { kind: "later", reason: stackStatuses.reason };
  const moving = [...stackStatuses.value].filter(([, status]) => !STABLE_STATUS.test(status));
  if (moving.length > 0) {
    return { kind: "later", reason: `stacks are not stable: ${moving.map((pair) => pair.join(" ")).join(", ")}` };
  }
  const doomed: Record<string, readonly string[]> = {};
  for (const member of release.members) {
    const known = versions?.get(member.path);
    if (known?.kind !== "read") continue;
    doomed[member.path] = chooseDoomed(release, member, known.value, observations.rollbackTargets?.get(member.path));
  }
  return { kind: "prune", doomed, ...chooseIdle(observations) };
}

/** All but what stays on the version that `rollback` goes back to, so that it goes back at once. */
function chooseIdle({ idle: seen = new Map(), previous }: Observations): Pick<Prune, "idle" | "unread"> {
  const idle: Record<string, Readonly<Record<string, number>>> = {};
  const unread: Straggler[] = [];
  for (const [path, reading] of seen) {
    if (reading.kind === "unreadable") unread.push({ path, reason: reading.reason });
    if (reading.kind === "unreadable") continue;
    const amounts = [...reading.value].filter(([version]) => previous?.get(path) !== version);
    if (amounts.length > 0) idle[path] = Object.fromEntries(amounts);
  }
  return { idle, unread };
}

function chooseDoomed(
  release: Release,
  member: Member,
  versions: readonly PublishedVersion[],
  rollbackTargets: ReadonlySet<string> | undefined,
): readonly string[] {
  const oldEnough = versions.slice(0, Math.max(0, versions.length - release.keepVersions));
  return oldEnough
    .filter(({ version, aliases, pinnedBy }) => {
      const inUse = aliases.length > 0 || pinnedBy !== undefined;
      const ofRelease = version === member.next || version === release.stable?.[member.path];
      return !inUse && !ofRelease && rollbackTargets?.has(version) !== true;
    })
    .map(({ version }) => version);
}
