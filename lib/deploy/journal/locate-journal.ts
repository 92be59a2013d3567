import { RemoteError } from "../../errors.ts";
import { JournalStore, leftBehind, moveJournal, type ReleaseClock } from "../../release/engine.ts";
import type { Target } from "../target.ts";
import type { JournalPlace } from "./journal-place.ts";

/** Where an app's journal is now, and where it belongs. */
export interface LocatedJournal {
  readonly place: JournalPlace;
  /** The bucket that holds the journal or, where there is none, the one that it belongs in. */
  readonly bucket: string;
  /** A journal is there, readable or not. */
  readonly isFound: boolean;
  /** The bucket that it belongs in exists. */
  readonly hasBucket: boolean;
}

/** Looks for an app's journal: in its bucket, then where it was kept before. Ends a move that was cut short. */
export async function locateJournal(
  target: Target,
  app: string,
  place: JournalPlace,
  clock: Pick<ReleaseClock, "now">,
): Promise<LocatedJournal> {
  const own = addressOf(target, app, place.bucket);
  const presence = await new JournalStore(target.aws, own).presence();
  const base = { place, hasBucket: presence !== "no-bucket" };
  if (presence === "present") return { ...base, bucket: place.bucket, isFound: true };
  for (const bucket of place.olderBuckets) {
    const older = addressOf(target, app, bucket);
    const left = await lookAtOlder(target, app, bucket);
    if (left === "journal") return { ...base, bucket, isFound: true };
    if (left === "half-moved" && base.hasBucket) {
      await moveJournal(target.aws, older, own, clock);
      return { ...base, bucket: place.bucket, isFound: true };
    }
  }
  return { ...base, bucket: place.bucket, isFound: false };
}

/** A bucket of an earlier time may belong to others by now, be in another region, or not be ours to read. */
async function lookAtOlder(target: Target, app: string, bucket: string) {
  try {
    return await leftBehind(new JournalStore(target.aws, addressOf(target, app, bucket)));
  } catch (error) {
    if (error instanceof RemoteError && OF_OTHERS.has(error.statusCode ?? 0)) return "nothing";
    throw error;
  }
}

const OF_OTHERS: ReadonlySet<number> = new Set([301, 307, 400, 403]);

/** The journal of an app in a bucket of the target's account. */
export function addressOf({ account, stage }: Target, app: string, bucket: string) {
  return { bucket, account, app, stage };
}
