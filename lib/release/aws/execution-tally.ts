import type { ExecutionListItem } from "@aws-sdk/client-sfn";
import type { MinuteCount } from "../ports/ports.ts";

const MINUTE_MS = 60_000;
/** Pages of one look at one version. A release looks four times a minute. */
const MAX_PAGES = 10;

/** A page of executions, newest first, and the token of the page of older ones. */
export interface ExecutionPage {
  readonly executions?: readonly ExecutionListItem[] | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * Executions of one version, counted by the minute of their start. A look reads the list from its newest end, and stops
 * at the oldest minute that may still change: one with an execution that was running at the last look. It also stops
 * after `MAX_PAGES`; older minutes then keep what earlier looks counted.
 */
export class ExecutionTally {
  /** Where the window starts, in milliseconds since the epoch. */
  readonly from: number;
  readonly #minutes = new Map<number, MinuteCount>();
  /** All minutes before this one are final. */
  #finalBefore: number;
  #knownSince = Number.POSITIVE_INFINITY;

  constructor(from: number) {
    this.from = from;
    this.#finalBefore = floorMinute(from);
  }

  /** The oldest minute from which on every execution was seen. Later than `from` where the first look met its limit. */
  get knownSince(): number {
    return this.#knownSince;
  }

  get minutes(): ReadonlyMap<number, MinuteCount> {
    return this.#minutes;
  }

  /** Reads what may have changed since the last look. Executions that start after `to` are left to the next look. */
  async update(list: (nextToken: string | undefined) => Promise<ExecutionPage>, to: number): Promise<void> {
    const { executions, wholeSince } = await readBack(list, this.#finalBefore);
    const within = executions.filter(({ startDate }) => startDate !== undefined && startDate.getTime() <= to);
    const byMinute = Map.groupBy(within, minuteOf);
    for (const minute of this.#minutes.keys()) if (minute >= wholeSince) this.#minutes.delete(minute);
    for (const [minute, started] of byMinute) {
      const count = countOf(minute, started);
      if (minute >= wholeSince && count.invocations > 0) this.#minutes.set(minute, count);
    }
    this.#knownSince = Math.min(this.#knownSince, wholeSince);
    const running = within.filter(({ status }) => status === "RUNNING" || status === "PENDING_REDRIVE").map(minuteOf);
    // The list is eventually consistent: the minute before the present one may still grow.
    this.#finalBefore = Math.max(this.#finalBefore, Math.min(floorMinute(to) - MINUTE_MS, ...running));
  }
}

/** The counts of a tally from a minute on, oldest first. */
export function countsSince({ minutes }: ExecutionTally, since: number): MinuteCount[] {
  return [...minutes.values()].filter(({ at }) => at >= since).sort((a, b) => a.at - b.at);
}

/** Reads back to a minute, or for as many pages as a look may take: then the last minute may be cut, and is left out. */
async function readBack(list: (nextToken: string | undefined) => Promise<ExecutionPage>, since: number) {
  const executions: ExecutionListItem[] = [];
  let nextToken: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await list(nextToken);
    executions.push(...(page.executions ?? []));
    nextToken = page.nextToken;
    const last = executions.at(-1);
    if (nextToken === undefined || (last !== undefined && minuteOf(last) < since))
      return { executions: executions.filter((one) => minuteOf(one) >= since), wholeSince: since };
  }
  const last = executions.at(-1);
  return { executions, wholeSince: last === undefined ? since : minuteOf(last) + MINUTE_MS };
}

function countOf(at: number, executions: readonly ExecutionListItem[]): MinuteCount {
  const of = (...statuses: string[]) => executions.filter(({ status = "" }) => statuses.includes(status)).length;
  const errors = of("FAILED", "TIMED_OUT");
  return { at, invocations: of("SUCCEEDED") + errors, errors };
}

function minuteOf({ startDate }: ExecutionListItem): number {
  return floorMinute(startDate?.getTime() ?? 0);
}

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
