import type { Cancel } from "../../clock.ts";
import type { Events } from "./events-context.ts";
import type { RuleRecord } from "./records.ts";
import { notCarried } from "./refusals.ts";

/** Fires the rules that have a schedule. */
export class RuleClock {
  readonly #events: Events;
  readonly #timers = new Map<string, Cancel>();

  constructor(events: Events) {
    this.#events = events;
  }

  requireSchedule(expression: string): void {
    throw notCarried(`the schedule ${expression}`, "Rules are carried with event patterns.");
  }

  follow(rule: RuleRecord): RuleRecord {
    return rule;
  }

  forget(rule: RuleRecord): void {
    this.#timers.get(rule.name)?.();
    this.#timers.delete(rule.name);
  }

  start(): void {
    for (const rule of this.#events.rules.all()) if (rule.schedule !== undefined) this.follow(rule);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
  }
}
