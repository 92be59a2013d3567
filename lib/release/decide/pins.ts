import type { Progress, Release } from "../model.ts";
import type { FinaliseOutcome } from "../ports/stack-port.ts";
import type { NewEvent } from "../events.ts";
import type { Tick } from "./decision.ts";
import { stableOf } from "./members.ts";

/** How long a driver waits for stack updates that it did not start, or that may still be rolled back. */
const STACKS_PATIENCE_MS = 60 * 60_000;
/** Stacks whose status cannot be read may still move: that is waited for, but not long. */
const UNREADABLE_PATIENCE_MS = 60_000;

/** The release as it is left to ABORTING by a stage that may still be rolled back. */
export function withStacksMoving(release: Release, now: number): Release {
  return { ...release, stacksQuietBy: now + STACKS_PATIENCE_MS };
}

/** The release once every alias was seen in its place and the stacks rest: a later move does not come from CloudFormation. */
export function withoutStackMoves(release: Release): Release {
  const progress = Object.entries(release.progress).map(([path, one]): [string, Progress] => [
    path,
    { ...one, byStacks: undefined },
  ]);
  return { ...release, progress: Object.fromEntries(progress) };
}

/** Whether CloudFormation may still move an alias. Unreachable stacks delay a rollback for a minute at most. */
export function areStacksMoving({ release, observations, now }: Tick): boolean {
  const { stackStatuses } = observations;
  if (stackStatuses === undefined) return false;
  if (stackStatuses.kind === "unreadable") return now < release.enteredAt + UNREADABLE_PATIENCE_MS;
  return [...stackStatuses.value.values()].some(
    (status) => status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS",
  );
}

/** Where each alias was found, and which other version CloudFormation would restore there. */
export function foundProgress(
  stable: NonNullable<Release["stable"]>,
  pins: ReadonlyMap<string, string>,
): Record<string, Progress> {
  const found = Object.entries(stable).flatMap(([path, version]): [string, Progress][] => {
    if (version === null) return [];
    const pin = pins.get(path);
    const byStacks = pin === undefined || pin === version ? {} : { byStacks: { primary: pin } };
    return [[path, { verified: { primary: version }, touched: false, failures: 0, ...byStacks }]];
  });
  return Object.fromEntries(found);
}

/** Paths of members that the stacks would move away from their stable version. */
export function misalignedPaths(release: Release, pins: ReadonlyMap<string, string>): readonly string[] {
  return release.members
    .map(({ path }) => path)
    .filter((path) => {
      const stable = stableOf(release, path);
      return stable !== null && (pins.get(path) ?? stable) !== stable;
    });
}

/** Whether the stacks' pins followed, as the journal records it. */
export function alignmentNews(outcome: FinaliseOutcome): NewEvent {
  if (outcome.kind === "finalised") {
    return { code: "PinsAligned", text: "the stacks' pins follow the live versions", trigger: "policy" };
  }
  return {
    code: "PinsNotAligned",
    text: `the stacks' pins differ from what is live: ${outcome.reason}`,
    trigger: "stage",
  };
}
