import { randomInt, randomUUID } from "node:crypto";
import { tryParseSchedule } from "../../../util/schedule-expression/schedule-expression.ts";
import type { Cancel } from "../../state/clock.ts";
import type { ScheduleRecord } from "./records.ts";
import { keyOfSchedule, scheduleArn, type Scheduler } from "./context.ts";

const MINUTE_MS = 60_000;

/** Fires the schedules. When each is due next is kept with it. */
export class ScheduleClock {
  readonly #scheduler: Scheduler;
  readonly #timers = new Map<string, Cancel>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Keeps a schedule with the next time that it is due for, `fromMs` at the earliest, and sets its timer. */
  keep(schedule: ScheduleRecord, fromMs = schedule.modifiedMs): void {
    const scheduledMs = schedule.state === "DISABLED" ? undefined : nextTime(schedule, fromMs);
    const delayMs = randomInt(windowMs(schedule) + 1);
    const next = scheduledMs === undefined ? undefined : { scheduledMs, fireMs: scheduledMs + delayMs };
    const dated = { ...schedule, next };
    this.#scheduler.schedules.put(keyOfSchedule(schedule), dated);
    this.#arm(dated);
  }

  remove(schedule: ScheduleRecord): void {
    this.#disarm(schedule);
    this.#scheduler.schedules.delete(keyOfSchedule(schedule));
  }

  /** A schedule that was due while the cloud was down fires once, soon. */
  start(): void {
    for (const [, schedule] of this.#scheduler.schedules.list()) this.#arm(schedule);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  get #nowMs(): number {
    return this.#scheduler.cloud.clock.now();
  }

  #disarm(schedule: ScheduleRecord): void {
    this.#timers.get(keyOfSchedule(schedule))?.();
    this.#timers.delete(keyOfSchedule(schedule));
  }

  #arm(schedule: ScheduleRecord): void {
    this.#disarm(schedule);
    if (schedule.next === undefined) return;
    const fire = () => this.#fire(keyOfSchedule(schedule));
    this.#timers.set(keyOfSchedule(schedule), this.#scheduler.cloud.clock.at(schedule.next.fireMs, fire));
  }

  #fire(key: string): void {
    const schedule = this.#scheduler.schedules.get(key);
    if (schedule?.next === undefined) return;
    const { next } = schedule;
    this.#scheduler.cloud.store.transaction(() => {
      // One window may overlap the next: its invocation is not lost.
      this.keep({ ...schedule, lastMs: next.scheduledMs }, this.#nowMs - windowMs(schedule));
      const isOver = this.#scheduler.schedules.get(key)?.next === undefined;
      this.#scheduler.deliveries.add({
        id: randomUUID(),
        region: schedule.region,
        group: schedule.group,
        schedule: schedule.name,
        scheduleArn: scheduleArn(this.#scheduler, schedule),
        target: schedule.target,
        scheduledMs: next.scheduledMs,
        firedMs: this.#nowMs,
        ...(isOver && schedule.afterCompletion === "DELETE" && { deletesAsOfMs: schedule.modifiedMs }),
      });
    });
  }
}

/** The next time that a schedule is due for: behind the last one, from its start to its end. */
function nextTime(schedule: ScheduleRecord, fromMs: number): number | undefined {
  const { expression, timeZone, startMs = 0, endMs = Infinity, anchorMs, lastMs = 0 } = schedule;
  const parsed = tryParseSchedule(expression, timeZone);
  // A single time that has passed unused is made up for at once, and knows neither start nor end.
  if (parsed?.kind === "at") return schedule.lastMs === undefined ? parsed.next(-Infinity, anchorMs) : undefined;
  const afterMs = Math.max(fromMs - 1, startMs - 1, lastMs);
  const next = parsed?.next(afterMs, anchorMs);
  return next !== undefined && next > endMs ? undefined : next;
}

function windowMs({ window }: ScheduleRecord): number {
  return window.Mode === "FLEXIBLE" ? (window.MaximumWindowInMinutes ?? 0) * MINUTE_MS : 0;
}
