import type { Release } from "./model.ts";

/** Whether the present release is one that a driver in the account still looks at. */
export function isWatched({ watch }: Release): boolean {
  if (watch === undefined) return false;
  // A rollback that was decided on and not started is owed.
  return watch.status === "watching" || (watch.status === "failed" && watch.onFailure === "rollback");
}

/** A watch whose driver has been silent for that long is not being kept. */
const SILENT_MS = 5 * 60_000;

/** Whether a release is to be watched, and has not been observed for a while. */
export function isWatchSilent(release: Release, now: number): boolean {
  return isWatched(release) && now - (release.watch?.lookedAt ?? now) > SILENT_MS;
}
