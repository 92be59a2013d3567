import type { Observations, SeenVersion } from "./decide/decision.ts";
import { stableOf } from "./decide/members.ts";
import { releasedAmount } from "./decide/readiness.ts";
import type { Member, Release } from "./model.ts";
import type { VersionConcurrency } from "./ports/capacity-port.ts";
import type { ReleasePorts, VersionConfiguration } from "./ports/ports.ts";
import { read } from "./reading.ts";

type Versions = NonNullable<Observations["versions"]>;

/** A version's state with its provisioned concurrency, if it has any. */
export function seenVersion(
  { version, state, stateReason }: VersionConfiguration,
  concurrency: ReadonlyMap<string, VersionConcurrency>,
): SeenVersion {
  const own = concurrency.get(version);
  return {
    state,
    ...(stateReason === undefined ? {} : { stateReason }),
    ...(own === undefined ? {} : { concurrency: own }),
  };
}

/** The versions that members go back to. Provisioned concurrency is read only where it was taken. */
export async function readTargets(
  release: Release,
  paths: readonly string[],
  ports: ReleasePorts,
): Promise<Observations["targets"]> {
  if (paths.length === 0) return undefined;
  const pairs = membersOf(release, paths).map(async ({ path, target }) => {
    const version = stableOf(release, path)!;
    const seen = await read(async () => {
      const [configuration, concurrency] = await Promise.all([
        ports.aliases.configuration(target!, version),
        releasedAmount(release, path, version) === undefined ? new Map() : ports.capacity.concurrency(target!),
      ]);
      return seenVersion(configuration, concurrency);
    });
    return [path, seen] as const;
  });
  return new Map(await Promise.all(pairs));
}

/** Provisioned concurrency of versions that nothing refers to. */
export async function readIdle(
  release: Release,
  paths: readonly string[],
  published: Promise<Observations["versions"]> | undefined,
  ports: ReleasePorts,
): Promise<NonNullable<Observations["idle"]>> {
  const versions = await published;
  const pairs = membersOf(release, paths).map(
    async (member) => [member.path, await read(() => idleOf(member, versions, ports))] as const,
  );
  return new Map(await Promise.all(pairs));
}

async function idleOf(
  { path, target }: Member,
  versions: Versions | undefined,
  ports: ReleasePorts,
): Promise<ReadonlyMap<string, number>> {
  const concurrency = await ports.capacity.concurrency(target!);
  if (concurrency.size === 0) return new Map();
  const known = versions?.get(path);
  const published = known?.kind === "read" ? known.value : await ports.aliases.versions(target!);
  const idle = published.filter(({ aliases, pinnedBy }) => aliases.length === 0 && pinnedBy === undefined);
  return new Map(
    idle.flatMap(({ version }) => {
      const own = concurrency.get(version);
      return own === undefined ? [] : [[version, own.requested] as const];
    }),
  );
}

function membersOf(release: Release, paths: readonly string[]): readonly Member[] {
  return release.members.filter(({ path, target }) => target !== undefined && paths.includes(path));
}
