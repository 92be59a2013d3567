import type { JournalSession } from "./journal-session.ts";
import type { Subscriber } from "./model.ts";
import type { ReleasePorts } from "./ports/ports.ts";

const PATIENCE_MS = 5_000;

/**
 * Hands events to the release's subscribers: to each in order, at least once, and in the background. One that is deaf
 * holds up neither the release nor the others.
 */
export class Outbox {
  readonly #session: JournalSession;
  readonly #ports: ReleasePorts;
  readonly #sent = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(session: JournalSession, ports: ReleasePorts) {
    this.#session = session;
    this.#ports = ports;
  }

  /** Starts sending what is waiting, unless that is under way already. */
  kick(): void {
    if (this.#ports.notifier === undefined) return;
    for (const subscriber of this.#session.release?.subscribers ?? []) {
      const { path, name } = subscriber;
      if (name === undefined || this.#running.has(path)) continue;
      this.#running.set(
        path,
        this.#send(subscriber).finally(() => this.#running.delete(path)),
      );
    }
  }

  /** Gives the last events a moment; what is left stays in the journal for the next driver. */
  async settle(): Promise<void> {
    this.kick();
    if (this.#running.size === 0) return;
    const done = new AbortController();
    const all = Promise.all(this.#running.values()).finally(() => done.abort());
    await Promise.race([all, this.#ports.clock.sleep(PATIENCE_MS, done.signal)]);
  }

  async #send(subscriber: Subscriber): Promise<void> {
    const { path } = subscriber;
    for (;;) {
      const { app, stage, outbox } = this.#session.document;
      const next = outbox.find(({ seq, told }) => told?.includes(path) !== true && !this.#sent.has(`${seq} ${path}`));
      if (next === undefined) return;
      const { told: _told, ...event } = next;
      try {
        await this.#ports.notifier!.notify(event, subscriber, { app, stage });
      } catch {
        return;
      }
      this.#sent.add(`${event.seq} ${path}`);
      this.#session.markNotified(event.seq, path);
    }
  }
}
