import { act } from "./act.ts";
import { decide, needsOf } from "./decide/decide.ts";
import type { Decision, Observations } from "./decide/decision.ts";
import { BugError } from "../errors.ts";
import { historyEntry } from "./history.ts";
import type { JournalSession } from "./journal-session.ts";
import type { Release } from "./model.ts";
import { type Carried, observe } from "./observe.ts";
import { Outbox } from "./outbox.ts";
import type { ReleasePorts } from "./ports/ports.ts";
import { isFinished, STATES } from "./states.ts";

/** How a driver behaves. */
export interface DriveOptions {
  /** Stops between two ticks; the release stays as it is and can be resumed. */
  readonly signal?: AbortSignal;
  /** `wait` keeps watching a paused release until a request arrives. `return` by default. */
  readonly whilePaused?: "return" | "wait";
  /** Stops as soon as this holds, between two ticks. */
  readonly until?: (release: Release) => boolean;
}

/** Up to here a wait is sat out: leaving and coming back would take longer. Milliseconds of the endpoint's time. */
const SHORT_WAIT_MS = 1_500;

/** Ticks until the release is finished, rests, or the signal aborts: observe, decide, journal, act. */
export async function drive(
  session: JournalSession,
  ports: ReleasePorts,
  options: DriveOptions = {},
): Promise<Release> {
  await loop(session, ports, options, async (release, decision) => {
    await pause(release, decision, session, ports, options);
    return true;
  });
  return session.release!;
}

/**
 * Ticks as `drive` does, but leaves where it would wait: for drivers that are paid by the second. Returns the time of
 * the next tick, undefined where the release is over or rests.
 */
export async function driveUntilWait(
  session: JournalSession,
  ports: ReleasePorts,
  options: DriveOptions = {},
): Promise<number | undefined> {
  let wakeAt: number | undefined;
  await loop(session, ports, options, async (release, decision) => {
    const isLong = decision.wakeAt !== undefined && decision.wakeAt > ports.clock.now() + SHORT_WAIT_MS;
    if (decision.again !== true && isLong) wakeAt = decision.wakeAt;
    else await pause(release, decision, session, ports, options);
    return wakeAt === undefined;
  });
  return wakeAt;
}

/** `wait` decides what happens while there is nothing to do now; it returns whether to continue. */
async function loop(
  session: JournalSession,
  ports: ReleasePorts,
  options: DriveOptions,
  wait: (release: Release, decision: Decision) => Promise<boolean>,
): Promise<void> {
  const outbox = new Outbox(session, ports);
  const ticker = new Ticker(session, ports);
  while (!isOver(session, options)) {
    const release = session.release!;
    const decision = await ticker.tick(release);
    outbox.kick();
    if (decision.command === undefined && !(await wait(release, decision))) break;
  }
  await outbox.settle();
}

/** What a driver remembers from one tick to the next. Losing it costs nothing but another look. */
class Ticker {
  readonly #session: JournalSession;
  readonly #ports: ReleasePorts;
  #carried: Carried = { writes: new Map() };
  #aliasesReadAt = Number.NEGATIVE_INFINITY;

  constructor(session: JournalSession, ports: ReleasePorts) {
    this.#session = session;
    this.#ports = ports;
  }

  async tick(release: Release): Promise<Decision> {
    const session = this.#session;
    const { clock } = this.#ports;
    const needs = needsOf(release, clock.now(), this.#aliasesReadAt);
    if (needs.aliases.length > 0) this.#aliasesReadAt = clock.now();
    const observations = await observe(release, needs, this.#ports, session.document, this.#carried);
    const decision = decide({ release, observations, now: clock.now(), fence: session.fence });
    await record(session, this.#ports, observations, decision);
    const { metrics } = observations;
    this.#ports.onLook?.({ release: session.release!, ...(metrics && { metrics }), now: clock.now() });
    this.#carried = { writes: new Map() };
    const { command } = decision;
    if (command !== undefined) this.#carried = await act(command, session.release!, session, this.#ports);
    return decision;
  }
}

function isOver(session: JournalSession, options: DriveOptions): boolean {
  const release = session.release!;
  if (options.signal?.aborted === true || options.until?.(release) === true) return true;
  if (isFinished(release)) return true;
  const wished = session.document.requests.some((request) => request.release === release.id);
  if (release.state === "PAUSED") return options.whilePaused !== "wait" && !wished;
  return STATES[release.state].isResting;
}

async function record(
  session: JournalSession,
  ports: ReleasePorts,
  observations: Observations,
  decision: Decision,
): Promise<void> {
  const before = session.release!;
  const { release, events } = decision;
  if (!isWorthWriting(before, observations, decision)) return session.renewIfDue();
  const finished = isFinished(release) && !isFinished(before);
  const history = finished
    ? [historyEntry(release, ports.clock.now()), ...session.document.history].slice(0, 50)
    : undefined;
  await session.commit({
    release,
    events,
    seenRequests: observations.requests,
    keptRequests: decision.requests,
    ...(history === undefined ? {} : { history }),
  });
}

/** An observation that changed nothing is not written: new figures of the verdict alone do not count as a change. */
function isWorthWriting(before: Release, observations: Observations, decision: Decision): boolean {
  if (decision.events.length > 0 || decision.command !== undefined) return true;
  if (decision.requests.length !== observations.requests.length) return true;
  return digest(before) !== digest(decision.release);
}

function digest(release: Release): string {
  return JSON.stringify({ ...release, verdict: release.verdict?.outcome, tickedAt: 0 });
}

async function pause(
  release: Release,
  decision: Decision,
  session: JournalSession,
  ports: ReleasePorts,
  options: DriveOptions,
): Promise<void> {
  if (decision.again === true) return;
  if (decision.wakeAt === undefined) {
    throw new BugError("TickStuck", `Release ${release.id} in ${release.state} decided neither to act nor to wait.`);
  }
  // A sleep may end early; requests and the endpoint's time are checked whenever it does.
  while (decision.wakeAt > ports.clock.now() && options.signal?.aborted !== true) {
    await ports.clock.sleep(decision.wakeAt - ports.clock.now(), options.signal);
    await session.refresh();
    await session.renewIfDue();
    if (session.document.requests.length > decision.requests.length) return;
  }
}
