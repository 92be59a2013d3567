import { randomUUID } from "node:crypto";
import type { Cancel } from "../../../state/clock.ts";
import type { BusEvent } from "../buses/event.ts";
import { isoSeconds, type Events } from "../context.ts";
import type { RuleRecord } from "../records.ts";
import { invalid } from "../errors.ts";
import { tryParseRuleSchedule } from "./rule-schedule.ts";
import { ruleArn } from "./rules.ts";

/** Fires the rules that have a schedule. When each is due next is kept with it. */
export class RuleClock {
  readonly #events: Events;
  /** By `region/name`: schedules are for the default bus alone. */
  readonly #timers = new Map<string, Cancel>();

  constructor(events: Events) {
    this.#events = events;
  }

  requireSchedule(expression: string): void {
    if (tryParseRuleSchedule(expression) === undefined) throw invalid("Parameter ScheduleExpression is not valid.");
  }

  /** The rule with the moment at which it is due next, and a timer for it. The caller keeps it. */
  follow(rule: RuleRecord): RuleRecord {
    const schedule = rule.schedule === undefined ? undefined : tryParseRuleSchedule(rule.schedule);
    const nextMs =
      rule.state === "DISABLED" ? undefined : schedule?.next(this.#events.cloud.clock.now(), rule.enabledMs);
    const dated = { ...rule, nextMs };
    this.#arm(dated);
    return dated;
  }

  forget(rule: RuleRecord): void {
    this.#timers.get(keyOfRule(rule))?.();
    this.#timers.delete(keyOfRule(rule));
  }

  /** A rule that was due while the cloud was down fires once, soon. */
  start(): void {
    for (const rule of this.#events.rules.all()) if (rule.nextMs !== undefined) this.#arm(rule);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #arm(rule: RuleRecord): void {
    this.forget(rule);
    if (rule.nextMs === undefined) return;
    const { clock } = this.#events.cloud;
    this.#timers.set(
      keyOfRule(rule),
      clock.at(rule.nextMs, () => this.#fire(rule)),
    );
  }

  #fire({ region, bus, name }: RuleRecord): void {
    const rule = this.#events.rules.get(region, bus, name);
    if (rule?.nextMs === undefined) return;
    this.#events.cloud.store.transaction(() => {
      this.#deliver(rule);
      this.#events.rules.put(this.follow(rule));
    });
  }

  /** A schedule's event goes to the rule's own targets and to no other rule. */
  #deliver(rule: RuleRecord): void {
    const { cloud, deliveries, metrics } = this.#events;
    const arn = ruleArn(this.#events, rule);
    const event: BusEvent = {
      version: "0",
      id: randomUUID(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: cloud.account,
      time: isoSeconds(rule.nextMs!),
      region: rule.region,
      resources: [arn],
      detail: {},
    };
    const text = JSON.stringify(event);
    metrics.add(arn, "TriggeredRules");
    const ingestedMs = cloud.clock.now();
    for (const target of rule.targets)
      deliveries.add({
        region: rule.region,
        ruleArn: arn,
        ruleName: rule.name,
        target,
        event: text,
        ingestedMs,
        hops: 0,
      });
  }
}

function keyOfRule(rule: RuleRecord): string {
  return `${rule.region}/${rule.name}`;
}
