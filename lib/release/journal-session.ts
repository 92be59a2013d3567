import { keepOutbox } from "./keep-outbox.ts";
import { isTransient } from "../aws/remote-error.ts";
import { BugError, RemoteError, UserError } from "../errors.ts";
import type { NewEvent, ReleaseEvent } from "./events.ts";
import type { Release } from "./model.ts";
import { withoutPlan } from "./plan-records.ts";
import type { JournalDocument, JournalPort, Lock, ReleaseRequest, TaggedDocument } from "./ports/journal-port.ts";
import { deployerBusy } from "./deployer-busy.ts";
import type { ReleaseClock, ReleasePorts } from "./ports/ports.ts";

/** How long a silent holder keeps the lock; the endpoint's time. */
export const DEFAULT_LEASE_MS = 120_000;

/** Who drives, and by which clock. */
export interface SessionOptions {
  readonly app: string;
  readonly stage: string;
  /** Unique for each driver. */
  readonly holder: string;
  /** The name under which the lock was left to this driver: it is taken over without waiting for the lease. */
  readonly leftAs?: string;
  readonly actor: string;
  /** Takes the lock from a holder that is alive: its next write is refused. For a rollback, which comes first. */
  readonly takesOver?: boolean;
  readonly leaseMs?: number;
  /** What this caller's last session left: where no other wrote since, the lock is taken without a read. */
  readonly memory?: JournalMemory;
  /** Whether there are subscribers; without, no events are kept for them. */
  readonly notifies: boolean;
  /** Called with each write that holds events. */
  readonly onTransition?: ReleasePorts["onTransition"];
}

/** The journal as the last session of one caller left it. */
export interface JournalMemory {
  left?: TaggedDocument;
}

/** A change of the journal by the holder of the lock. */
export interface JournalChange {
  readonly release?: Release;
  readonly events?: readonly NewEvent[];
  /** Requests that were there at the decision; later ones are kept. */
  readonly seenRequests?: readonly ReleaseRequest[];
  readonly keptRequests?: readonly ReleaseRequest[];
  readonly history?: JournalDocument["history"];
  /** The plan that becomes this release. */
  readonly startsPlan?: string;
  /** This change does not observe the world: a gap since the last observation stays visible. */
  readonly keepsTick?: boolean;
}

/** Another deployer took the lock over: this one must not touch anything any more. */
export class FencedOutError extends RemoteError {}

/**
 * The journal as the holder of the lock sees it. Every write insists on the tag of the last one, so a holder that was
 * overtaken is refused at its next write, which comes before its next act.
 */
export class JournalSession {
  readonly fence: number;
  readonly #port: JournalPort;
  readonly #clock: ReleaseClock;
  readonly #options: SessionOptions;
  #current: JournalDocument;
  #tag: string | undefined;
  #writes = 0;
  #loggedThrough = 0;
  readonly #notified = new Map<number, Set<string>>();
  #queue: Promise<unknown> = Promise.resolve();
  #isLeft = false;
  /** No other caller has written to the journal since the session before, by `memory`. */
  readonly isContinued: boolean;

  private constructor(
    port: JournalPort,
    clock: ReleaseClock,
    options: SessionOptions,
    held: TaggedDocument & { readonly isContinued: boolean },
  ) {
    this.#port = port;
    this.#clock = clock;
    this.#options = options;
    this.#current = held.document;
    this.#tag = held.tag;
    this.fence = held.document.fence;
    this.isContinued = held.isContinued;
  }

  /** Takes the lock, if it is free or its lease is over. Throws `DeployerBusy` otherwise. */
  static async acquire(port: JournalPort, clock: ReleaseClock, options: SessionOptions): Promise<JournalSession> {
    const { memory } = options;
    let remembered = memory?.left;
    if (memory !== undefined) memory.left = undefined;
    for (let attempt = 0; attempt < 5; attempt++) {
      const isContinued = remembered !== undefined;
      const found = remembered ?? (await port.read());
      remembered = undefined;
      const now = clock.now();
      if (found !== undefined && options.takesOver !== true) refuseIfHeld(found.document, options, now);
      const document = withLock(found?.document ?? emptyDocument(options), options, now);
      const outcome = await port.write(document, found?.tag);
      if (outcome.kind === "written")
        return new JournalSession(port, clock, options, { document, tag: outcome.tag, isContinued });
    }
    throw new UserError(
      "DeployerBusy",
      `Several deployers tried to lock ${options.app} ${options.stage} at the same moment.`,
      {
        fix: "Run the command again.",
      },
    );
  }

  get document(): JournalDocument {
    return this.#current;
  }

  get release(): Release | undefined {
    return this.#current.release;
  }

  /** Writes a change, renews the lease, and moves events on to the log. Throws `FencedOutError` when overtaken. */
  commit(change: JournalChange): Promise<readonly ReleaseEvent[]> {
    return this.#serially(async () => {
      const events = await this.#write((document) => this.#apply(document, change));
      await this.#flush();
      if (events.length > 0) this.#options.onTransition?.(this.#current.release!, events);
      return events;
    });
  }

  /** Renews the lease when less than two thirds of it are left. */
  async renewIfDue(): Promise<void> {
    const left = (this.#current.lock?.leaseUntil ?? 0) - this.#clock.now();
    if (left < (this.#leaseMs * 2) / 3) await this.commit({});
  }

  /** Reads requests that others left. Throws `FencedOutError` when overtaken. */
  refresh(): Promise<void> {
    return this.#serially(async () => this.#adopt(await this.#port.read()));
  }

  /** The event reached a subscriber: that is kept with the next write. */
  markNotified(seq: number, path: string): void {
    this.#notified.set(seq, (this.#notified.get(seq) ?? new Set()).add(path));
  }

  /** Ends this session and leaves the lock to a driver of another name, for as long as a lease lasts. */
  async handOver({ holder, actor }: Pick<Lock, "holder" | "actor">): Promise<void> {
    await this.#serially(() =>
      this.#write((document) => {
        const { document: seen } = this.#apply(document, {});
        return { document: { ...seen, lock: { ...seen.lock!, holder, actor } }, events: [] };
      }),
    );
    this.#isLeft = true;
  }

  /** Releases the lock. Losing it before that is not an error, and one that cannot be released ends with its lease. */
  async close(): Promise<void> {
    if (this.#isLeft) return;
    try {
      await this.#serially(() => this.#write((document) => ({ document: this.#released(document), events: [] })));
      const { memory } = this.#options;
      if (memory !== undefined && this.#tag !== undefined) memory.left = { document: this.#current, tag: this.#tag };
      await this.#flush();
    } catch (error) {
      if (!(error instanceof FencedOutError) && !isTransient(error)) throw error;
    }
  }

  #released(document: JournalDocument): JournalDocument {
    const outbox = keepOutbox(document.outbox, this.#notified, document.release?.subscribers);
    return { ...document, lock: undefined, outbox };
  }

  get #leaseMs(): number {
    return this.#options.leaseMs ?? DEFAULT_LEASE_MS;
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #write(
    change: (document: JournalDocument) => { document: JournalDocument; events: readonly ReleaseEvent[] },
  ): Promise<readonly ReleaseEvent[]> {
    for (let attempt = 0; attempt < 10; attempt++) {
      const { document, events } = change(this.#current);
      const written = { ...document, writeId: `${this.#options.holder}/${this.#writes++}` };
      const outcome = await this.#port.write(written, this.#tag);
      if (outcome.kind === "written") {
        this.#current = written;
        this.#tag = outcome.tag;
        return events;
      }
      this.#adopt(await this.#port.read());
    }
    throw new RemoteError("JournalContended", "The release journal is being written by others without a pause.", {
      fix: "Find out which deployers send requests to it, then run `resume`.",
    });
  }

  /** Takes the stored document: only requests may have been added since. A journal that vanished is written again. */
  #adopt(found: TaggedDocument | undefined): void {
    if (found !== undefined) this.#refuseOvertaken(found.document);
    this.#tag = found?.tag;
    if (found === undefined) return;
    const { requests, plans } = found.document;
    this.#current = { ...this.#current, requests, ...(plans === undefined ? {} : { plans }) };
  }

  #refuseOvertaken({ lock, fence }: JournalDocument): void {
    if (fence === this.fence && (lock === undefined || lock.holder === this.#options.holder)) return;
    const who = lock === undefined ? "another deployer" : `${lock.actor} (${lock.holder})`;
    throw new FencedOutError("FencedOut", `${who} took the release over with fence ${fence}; ours is ${this.fence}.`, {
      fix: "Let that deployer finish, or look with `status`.",
    });
  }

  #apply(document: JournalDocument, change: JournalChange) {
    const release = change.release ?? document.release;
    guardSnapshot(document.release, change.release);
    const now = this.#clock.now();
    const events = (change.events ?? []).map((event, index) =>
      this.#complete(event, document.sequence + 1 + index, release, now),
    );
    const seen = new Set((change.seenRequests ?? []).map((request) => JSON.stringify(request)));
    const later = document.requests.filter((request) => !seen.has(JSON.stringify(request)));
    const changed: JournalDocument = {
      ...document,
      ...(release === undefined
        ? {}
        : { release: { ...release, tickedAt: change.keepsTick === true ? release.tickedAt : now } }),
      lock: {
        holder: this.#options.holder,
        actor: this.#options.actor,
        since: document.lock?.since ?? now,
        leaseUntil: now + this.#leaseMs,
      },
      requests: [...(change.keptRequests ?? []), ...later],
      ...(change.startsPlan === undefined ? {} : { plans: withoutPlan(document, change.startsPlan) }),
      history: change.history ?? document.history,
      sequence: document.sequence + events.length,
      pending: [...document.pending.filter(({ seq }) => seq > this.#loggedThrough), ...events],
      outbox: this.#options.notifies
        ? keepOutbox([...document.outbox, ...events], this.#notified, release?.subscribers)
        : [],
    };
    return { document: changed, events };
  }

  #complete(event: NewEvent, seq: number, release: Release | undefined, at: number): ReleaseEvent {
    if (release === undefined) throw new BugError("EventWithoutRelease", `Event ${event.code} belongs to no release.`);
    const { actor, commit, templateDigest } = release.origin;
    const base = {
      seq,
      release: release.id,
      state: release.state,
      at,
      fence: this.fence,
      templateDigest,
      actor: event.actor ?? actor,
    };
    return { ...event, ...base, ...(commit === undefined ? {} : { commit }) };
  }

  /** Copies pending events into the log. A failure keeps them pending: nothing is lost, nothing is held up. */
  async #flush(): Promise<void> {
    const pending = this.#current.pending.filter(({ seq }) => seq > this.#loggedThrough);
    const byRelease = Map.groupBy(pending, ({ release }) => release);
    for (const [release, events] of byRelease) {
      try {
        await this.#port.appendLog(release, events);
        this.#loggedThrough = Math.max(this.#loggedThrough, ...events.map(({ seq }) => seq));
      } catch {
        return;
      }
    }
  }
}

/** Leaves a request for the release's driver, without the lock. */
export async function leaveRequest(
  port: JournalPort,
  request: ReleaseRequest,
  writeId: string,
): Promise<JournalDocument> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const found = await port.read();
    if (found?.document.release?.id !== request.release) {
      throw new UserError("ReleaseGone", `Release ${request.release} is no longer the present one.`, {
        fix: "Look with `status`.",
      });
    }
    const document = {
      ...found.document,
      writeId: `${writeId}/${attempt}`,
      requests: [...found.document.requests, request],
    };
    const outcome = await port.write(document, found.tag);
    if (outcome.kind === "written") return document;
  }
  throw new RemoteError("JournalContended", "The release journal is being written by others without a pause.", {
    fix: "Run the command again.",
  });
}

function refuseIfHeld(document: JournalDocument, options: SessionOptions, now: number): void {
  const { lock } = document;
  if (lock === undefined || lock.leaseUntil <= now) return;
  if (lock.holder === options.holder || lock.holder === options.leftAs) return;
  throw deployerBusy(lock, options, now);
}

/** The journal of an app and stage before anything is in it. */
export function emptyDocument({ app, stage }: Pick<SessionOptions, "app" | "stage">): JournalDocument {
  const lists = { requests: [], history: [], pending: [], outbox: [] };
  return { format: 1, app, stage, writeId: "", fence: 0, sequence: 0, ...lists };
}

function withLock(document: JournalDocument, options: SessionOptions, now: number): JournalDocument {
  const lock = {
    holder: options.holder,
    actor: options.actor,
    since: now,
    leaseUntil: now + (options.leaseMs ?? DEFAULT_LEASE_MS),
  };
  const fence = document.fence + 1;
  return { ...document, fence, writeId: `${options.holder}/lock-${fence}`, lock };
}

/** The snapshot of stable versions is written once: a rollback rests on nothing else. */
function guardSnapshot(before: Release | undefined, after: Release | undefined): void {
  if (before?.stable === undefined || after === undefined || before.id !== after.id) return;
  if (JSON.stringify(before.stable) === JSON.stringify(after.stable)) return;
  throw new BugError("StableRewritten", `Release ${after.id} tried to change its recorded stable versions.`);
}
