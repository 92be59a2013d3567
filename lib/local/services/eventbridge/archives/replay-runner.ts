import { keyOf, type Events } from "../context.ts";
import { ingest } from "../buses/ingest.ts";
import type { ReplayRecord } from "../records.ts";

const EVENTS_AT_ONCE = 100;
const OPEN_STATES = new Set(["STARTING", "RUNNING", "CANCELLING"]);

/** Carries replays out, a batch at a time; each batch and how far it came are kept in one transaction. */
export class ReplayRunner {
  readonly #events: Events;
  #isStopped = false;

  constructor(events: Events) {
    this.#events = events;
  }

  /** Begins when what was written so far is on disk. */
  follow(replay: ReplayRecord): void {
    this.#events.cloud.store.afterDurable(() => this.#run(keyOf(replay, replay.name)));
  }

  /** Resumes the replays that were left when the cloud was stopped or killed. */
  start(): void {
    for (const [, replay] of this.#events.replays.list()) if (OPEN_STATES.has(replay.state)) this.follow(replay);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #run(key: string): void {
    // Once the cloud has stopped, its store is closed.
    if (this.#isStopped) return;
    const replay = this.#events.replays.get(key);
    if (replay === undefined || !OPEN_STATES.has(replay.state)) return;
    const isOpen = this.#events.cloud.store.transaction(() => this.#runBatch(key, replay));
    if (!isOpen) return;
    // Others get their turn between batches, and what was written goes to disk.
    setImmediate(() => this.#run(key));
  }

  /** Whether there is more to do. */
  #runBatch(key: string, replay: ReplayRecord): boolean {
    const { replays, archived, cloud } = this.#events;
    if (replay.state === "CANCELLING") {
      replays.put(key, { ...replay, state: "CANCELLED", endedMs: cloud.clock.now() });
      return false;
    }
    const archive = keyOf(replay, replay.archive);
    const batch = archived.read(archive, replay.position, replay.toMs, EVENTS_AT_ONCE);
    for (const { event } of batch)
      ingest(this.#events, { ...replay, ruleArns: replay.ruleArns }, { ...event, "replay-name": replay.name });
    const last = batch.at(-1);
    const isOver = batch.length < EVENTS_AT_ONCE;
    replays.put(key, {
      ...replay,
      state: isOver ? "COMPLETED" : "RUNNING",
      ...(last !== undefined && { position: [last.timeMs, last.sequence] as const, lastEventMs: last.timeMs }),
      ...(isOver && { endedMs: cloud.clock.now() }),
    });
    return !isOver;
  }
}
