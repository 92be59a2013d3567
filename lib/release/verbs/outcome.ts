import type { DriveOptions } from "../drive.ts";
import type { JournalCondition } from "../mend-journal.ts";
import { exitCodeOf } from "../exit-code.ts";
import type { AliasTarget, Release } from "../model.ts";
import type { Lock, PlanRecord } from "../ports/journal-port.ts";

/** Who acts, on which app and stage, and how patiently. */
export interface VerbOptions extends DriveOptions {
  /**
   * Reads the app's aliases from the stacks: called only when the journal is damaged or gone. @default - no replacement
   */
  readonly aliases?: () => Promise<readonly KnownAlias[]>;
  readonly app: string;
  readonly stage: string;
  /** The actor that the journal records, for example `anna@build-7`. */
  readonly actor: string;
  /** Unique for each process. @default - a random one */
  readonly holder?: string;
  /** How long a silent driver keeps the lock, milliseconds of the endpoint's time. @default 120000 */
  readonly leaseMs?: number;
  /** Starts the driver that watches the release after its success. @default - nothing watches it */
  readonly startWatch?: HandOver;
}

/** Starts a driver for a release. A second call for the same release and fence starts no second driver. */
export type HandOver = (release: Release, fence: number) => Promise<Driver>;

/** How a verb ended. */
export interface ReleaseOutcome {
  /** As in `exit-code.ts`. */
  readonly exitCode: number;
  /** Absent when there has never been a release. */
  readonly release?: Release;
  /** Nothing had to be done: the requested state was already reached. */
  readonly unchanged: boolean;
  /** Another driver holds the release and received the request; it will act on it. */
  readonly leftTo?: Lock;
  /** Deploys that had not started a release yet, and were aborted. */
  readonly givenUp?: readonly PlanRecord[];
  /** How the journal was found, where nothing was done. */
  readonly journal?: JournalCondition;
  /** The driver that continues the release. */
  readonly handedTo?: Driver;
}

/** A driver, as the lock names it. */
export type Driver = Pick<Lock, "holder" | "actor">;

/** An alias that a verb can act on without the journal. */
export interface KnownAlias {
  readonly path: string;
  readonly target: AliasTarget;
  readonly calls: readonly string[];
}

/** The outcome of a driven release. */
export function outcomeOf(release: Release): ReleaseOutcome {
  return { exitCode: exitCodeOf(release), release, unchanged: false };
}
