import type { Release } from "../model.ts";
import { isWatched } from "../watched.ts";
import { outcomeOf, type ReleaseOutcome, type VerbOptions } from "./outcome.ts";

/** A release that succeeded and is watched is left to the driver in the account; the lock is free meanwhile. */
export async function leaveWatch(
  release: Release,
  fence: number,
  { startWatch }: Pick<VerbOptions, "startWatch">,
): Promise<ReleaseOutcome> {
  const outcome = outcomeOf(release);
  if (startWatch === undefined || !isWatched(release)) return outcome;
  return { ...outcome, handedTo: await startWatch(release, fence) };
}
