import { movingMembers, stableOf } from "../decide/members.ts";
import type { AliasTarget, Member, Release } from "../model.ts";
import type { Failure, FailuresPort } from "../ports/failures-port.ts";

/** How many failures of each member are shown, and how many are read to tell what only the new version has. */
const SHOWN = 3;
const READ = 100;
/** Log events arrive after the invocations, and a rolled-back version may still finish calls that it had started. */
const AFTER_MS = 5 * 60_000;

/** What the new version of one member failed with first. */
export interface MemberFailures {
  readonly path: string;
  readonly version: string;
  /** What was read. Absent where it was not deployed. */
  readonly target?: AliasTarget;
  /** One of each kind, the earliest first; those that only the new version has before the others. */
  readonly failures: readonly ExplainedFailure[];
  /** The log could not be read, and why. */
  readonly problem?: string;
}

/** A failure, and whether the stable version failed so too in the same time. */
export interface ExplainedFailure extends Failure {
  readonly onlyInNew: boolean;
  /** How many failures of this kind were read, at most a hundred of all kinds. */
  readonly count: number;
}

/** The first failures of every new version that got traffic in this release; members without any are left out. */
export async function explainFailures(release: Release, port: FailuresPort): Promise<readonly MemberFailures[]> {
  if (release.shiftedAt === undefined) return [];
  const explained = await Promise.all(movingMembers(release).map((member) => explainMember(release, member, port)));
  return explained.filter(({ failures, problem }) => failures.length > 0 || problem !== undefined);
}

async function explainMember(release: Release, member: Member, port: FailuresPort): Promise<MemberFailures> {
  const { path, target, next = "" } = member;
  const stable = stableOf(release, path);
  if (target === undefined || stable === null) return { path, version: next, failures: [] };
  const from = release.shiftedAt ?? release.createdAt;
  const window = { target, from, to: release.tickedAt + AFTER_MS, limit: READ };
  try {
    const [found, known] = await Promise.all([
      port.read({ ...window, version: next }),
      port.read({ ...window, version: stable }),
    ]);
    return { path, version: next, target, failures: pickFailures(found, known) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { path, version: next, target, failures: [], problem };
  }
}

function pickFailures(found: readonly Failure[], known: readonly Failure[]): readonly ExplainedFailure[] {
  const inStable = new Set(known.map(kindOf));
  const kinds = [...Map.groupBy(found, kindOf)].flatMap(([kind, failures]) => {
    const [first] = failures.toSorted((a, b) => a.at - b.at);
    return first === undefined ? [] : [{ ...first, onlyInNew: !inStable.has(kind), count: failures.length }];
  });
  return kinds.sort((a, b) => Number(b.onlyInNew) - Number(a.onlyInNew) || a.at - b.at).slice(0, SHOWN);
}

/** Two failures are of one kind when they differ in nothing but numbers, quoted values and ids. */
function kindOf({ type, message }: Failure): string {
  return `${type}: ${message.replaceAll(/["'`][^"'`]*["'`]|[0-9a-f-]{8,}|\d+/gi, "…")}`;
}
