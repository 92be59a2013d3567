import type { ReleaseEvent } from "../events.ts";
import type { Cause, Release, ReleaseState } from "../model.ts";

/** Who may act now. */
export interface Lock {
  readonly holder: string;
  readonly actor: string;
  readonly since: number;
  readonly leaseUntil: number;
}

/** A request for the release's driver. */
export interface ReleaseRequest {
  readonly verb: "pause" | "resume" | "promote" | "abort";
  readonly release: string;
  readonly actor: string;
  readonly at: number;
  readonly reason?: string;
}

/** A finished release, as short as it can be. */
export interface HistoryEntry {
  readonly id: string;
  readonly kind: Release["kind"];
  readonly state: ReleaseState;
  readonly createdAt: number;
  readonly finishedAt: number;
  readonly actor: string;
  readonly commit?: string;
  readonly templateDigest: string;
  readonly reason?: string;
  readonly cause?: Cause;
  /** What older versions may need and this release took away. */
  readonly contracted?: readonly string[];
  /** Resources that the release changed besides code, for people. */
  readonly resources?: readonly string[];
  /** What each alias served before and serves after, by member path. */
  readonly members: readonly {
    readonly path: string;
    readonly target?: Release["members"][number]["target"];
    readonly calls: readonly string[];
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** How a deploy ended that never became a release. */
export type PlanOutcome =
  /** The changes were not approved. */
  | "declined"
  /** There was nothing to deploy. */
  | "unchanged"
  /** Something in the plan was refused before anything was changed. */
  | "refused"
  /** The user stopped it. */
  | "stopped"
  /** It failed before anything was changed. */
  | "failed"
  /** An unfinished release of the same templates was resumed instead. */
  | "joined"
  /** A rollback or an abort gave it up. */
  | "given-up";

/**
 * A deploy that reads and asks for approval, and has changed nothing yet. It is removed in the write that starts its
 * release.
 */
export interface PlanRecord {
  /** The id that its release will have. */
  readonly id: string;
  readonly actor: string;
  readonly commit?: string;
  readonly templateDigest: string;
  readonly holder: string;
  readonly plannedAt: number;
  /** The deployer is taken for dead after this time, unless it moves it on. */
  readonly aliveUntil: number;
  /** Absent while it is open. */
  readonly closed?: {
    readonly outcome: PlanOutcome;
    readonly at: number;
    readonly text?: string;
    /** Who closed it, where that was not the deployer itself. */
    readonly by?: string;
  };
}

/** An event that at least one subscriber has not received yet. */
export interface OutboxEntry extends ReleaseEvent {
  /** Paths of the subscribers that have received it. */
  readonly told?: readonly string[];
}

/** The one object of an app and stage: lock, release and what has not reached the log yet. */
export interface JournalDocument {
  readonly format: 1;
  readonly app: string;
  readonly stage: string;
  /** Unique for each write: distinguishes our own write from another's when the reply was lost. */
  readonly writeId: string;
  /** Grows with every change of holder and never falls. */
  readonly fence: number;
  readonly lock?: Lock;
  readonly release?: Release;
  readonly requests: readonly ReleaseRequest[];
  /** Deploys without a release, newest first: those that are being planned, and how the last ones ended. */
  readonly plans?: readonly PlanRecord[];
  /** Newest first. */
  readonly history: readonly HistoryEntry[];
  /** The number of the newest event. */
  readonly sequence: number;
  /** Events that may not be in the log yet. */
  readonly pending: readonly ReleaseEvent[];
  /** Events that may not have been notified yet, oldest first. */
  readonly outbox: readonly OutboxEntry[];
}

/** A document with the tag that the next write has to insist on. */
export interface TaggedDocument {
  readonly document: JournalDocument;
  readonly tag: string;
}

/** What is left of a journal that is gone or cannot be read. */
export interface JournalRemains {
  /** The tag of what is there; absent where nothing is. */
  readonly tag?: string;
  /** The newest version that can be read, where the storage keeps versions. */
  readonly earlier?: JournalDocument;
}

/** How a conditional write ended. `conflict`: another deployer wrote in between. */
export type JournalWriteOutcome = { readonly kind: "written"; readonly tag: string } | { readonly kind: "conflict" };

/** The journal's storage. */
export interface JournalPort {
  /** Undefined when there is none. Throws when it could not be read, or is of a newer format or damaged. */
  read(): Promise<TaggedDocument | undefined>;
  /** `expected` undefined: only creates. A reply that was lost is settled by reading back. Throws on other failures. */
  write(document: JournalDocument, expected: string | undefined): Promise<JournalWriteOutcome>;
  /** What can be found of a journal that `read` does not find, or cannot read. Throws where the storage does not answer. */
  salvage(): Promise<JournalRemains>;
  /** Keeps a text beside the document, under its SHA-256, which is returned. The same text again changes nothing. */
  keep(text: string): Promise<string>;
  /** A text that was kept. Throws where it is gone or was changed. */
  readKept(hash: string): Promise<string>;
  readLog(release: string): Promise<readonly ReleaseEvent[]>;
  /** Adds those events whose number is greater than the last one there. */
  appendLog(release: string, events: readonly ReleaseEvent[]): Promise<void>;
}
