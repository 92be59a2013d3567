import type { JournalSession } from "./journal-session.ts";
import type { ReleasePorts } from "./ports/ports.ts";

const PATIENCE_MS = 5_000;

/** Hands events to the notifier, at least once and in the background: a deaf subscriber holds nothing up. */
export class Outbox {
  readonly #session: JournalSession;
  readonly #ports: ReleasePorts;
  readonly #sent = new Set<number>();
  #running: Promise<void> | undefined;

  constructor(session: JournalSession, ports: ReleasePorts) {
    this.#session = session;
    this.#ports = ports;
  }

  /** Starts sending what is waiting, unless that is under way already. */
  kick(): void {
    if (this.#ports.notifier === undefined) return;
    this.#running ??= this.#send().finally(() => (this.#running = undefined));
  }

  /** Gives the last events a moment; what is left stays in the journal for the next driver. */
  async settle(): Promise<void> {
    this.kick();
    const done = new AbortController();
    await Promise.race([this.#running?.finally(() => done.abort()), this.#ports.clock.sleep(PATIENCE_MS, done.signal)]);
  }

  async #send(): Promise<void> {
    for (;;) {
      const next = this.#session.document.outbox.find(({ seq }) => !this.#sent.has(seq));
      if (next === undefined) return;
      try {
        await this.#ports.notifier!.notify(next);
      } catch {
        return;
      }
      this.#sent.add(next.seq);
      this.#session.markNotified(next.seq);
    }
  }
}
