import { isTransient } from "../aws/remote-error.ts";
import { RemoteError, TidegateError } from "../errors.ts";
import type { ReleaseEvent } from "./events.ts";
import type {
  JournalDocument,
  JournalPort,
  JournalRemains,
  JournalWriteOutcome,
  TaggedDocument,
} from "./ports/journal-port.ts";
import type { ReleaseClock } from "./ports/ports.ts";

/** A holder stops trying this long before its lease ends: the next holder must find it silent. */
const MARGIN_MS = 15_000;
/** A lease that ran out while the process was suspended leaves this long: the fence keeps a late write harmless. */
const LEAST_PATIENCE_MS = 15_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** What a patient journal reports. */
export interface PatienceOptions {
  readonly clock: ReleaseClock;
  /** Called at the first failure of a wait, with the time at which it ends. */
  readonly onTrouble?: (error: Error, untilMs: number) => void;
}

/**
 * A journal whose holder sits out short troubles: what may succeed a moment later (no network, 5xx, throttling,
 * credentials that are being renewed) is retried until shortly before the lease ends. Without a lease nothing is at
 * stake, and errors pass through at once.
 */
export class PatientJournal implements JournalPort {
  readonly #port: JournalPort;
  readonly #options: PatienceOptions;
  /** Of the lock that this process wrote last; undefined while it holds none. */
  #leaseUntil: number | undefined;
  /** The outage that calls wait for: however many wait at once, it is reported once. */
  #trouble: { readonly since: number; readonly until: number } | undefined;

  constructor(port: JournalPort, options: PatienceOptions) {
    this.#port = port;
    this.#options = options;
  }

  read(): Promise<TaggedDocument | undefined> {
    return this.#patiently(() => this.#port.read());
  }

  async write(document: JournalDocument, expected: string | undefined): Promise<JournalWriteOutcome> {
    const gives = document.lock === undefined;
    const outcome = await (gives
      ? this.#port.write(document, expected)
      : this.#patiently(() => this.#port.write(document, expected)));
    if (outcome.kind === "written") this.#leaseUntil = document.lock?.leaseUntil;
    return outcome;
  }

  /** Looked for before the lock is taken. */
  salvage(): Promise<JournalRemains> {
    return this.#port.salvage();
  }

  /** Written before the lock is taken: nothing is at stake yet. */
  keep(text: string): Promise<string> {
    return this.#port.keep(text);
  }

  readKept(hash: string): Promise<string> {
    return this.#port.readKept(hash);
  }

  readLog(release: string): Promise<readonly ReleaseEvent[]> {
    return this.#port.readLog(release);
  }

  /** Not retried: events that are not in the log yet stay in the document. */
  appendLog(release: string, events: readonly ReleaseEvent[]): Promise<void> {
    return this.#port.appendLog(release, events);
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        const result = await work();
        this.#trouble = undefined;
        return result;
      } catch (error) {
        if (this.#leaseUntil === undefined || !isTransient(error) || !(error instanceof TidegateError)) throw error;
        const now = clock.now();
        const { since, until } = this.#enterTrouble(error, this.#leaseUntil);
        if (now + pauseMs > until) throw unreachable(error, now - since);
        await clock.sleep(pauseMs);
      }
    }
  }

  #enterTrouble(error: TidegateError, leaseUntil: number): { readonly since: number; readonly until: number } {
    if (this.#trouble !== undefined) return this.#trouble;
    const now = this.#options.clock.now();
    this.#trouble = { since: now, until: Math.max(leaseUntil - MARGIN_MS, now + LEAST_PATIENCE_MS) };
    this.#options.onTrouble?.(error, this.#trouble.until);
    return this.#trouble;
  }
}

function unreachable(cause: TidegateError, durationMs: number): RemoteError {
  const seconds = Math.round(durationMs / 1000);
  return new RemoteError("JournalUnreachable", `The journal failed for ${seconds} s: ${cause.message}`, {
    cause,
    fix: `${cause.fix ?? ""} Every alias stays as it is. \`tidegate resume\` continues the release, \`tidegate rollback\` takes it back.`.trim(),
  });
}
