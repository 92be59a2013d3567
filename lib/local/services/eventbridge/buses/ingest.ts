import type { BusEvent } from "./event.ts";
import type { Events } from "../context.ts";
import { ruleArn } from "../rules/rules.ts";

/** Where an event goes in. */
export interface Entrance {
  readonly region: string;
  readonly bus: string;
  /** Only these rules are evaluated, where there are any: a replay may name them. */
  readonly ruleArns?: readonly string[];
  /** How many buses passed it on so far. */
  readonly hops?: number;
}

/** Buses that pass an event around in a circle are cut here. */
const MOST_HOPS = 8;

/**
 * Archives an event and puts one delivery into the outbox for each target of each rule that it matches. Call it in the
 * transaction that makes the event true.
 */
export function ingest(events: Events, entrance: Entrance, event: BusEvent): void {
  const { region, bus, ruleArns = [], hops = 0 } = entrance;
  if (hops > MOST_HOPS) {
    events.cloud.log(`events: ${event.id} was passed on by ${hops} buses in a row and goes no further`);
    return;
  }
  const asJson = event as unknown as Readonly<Record<string, unknown>>;
  let text: string | undefined;
  if (event["replay-name"] === undefined) events.archived.add(events, region, bus, event);
  for (const rule of events.rules.match(region, bus, asJson)) {
    const arn = ruleArn(events, rule);
    if (ruleArns.length > 0 && !ruleArns.includes(arn)) continue;
    text ??= JSON.stringify(event);
    events.metrics.add(arn, "MatchedEvents", "TriggeredRules");
    for (const target of rule.targets) {
      const ingestedMs = events.cloud.clock.now();
      events.deliveries.add({ region, ruleArn: arn, ruleName: rule.name, target, event: text, ingestedMs, hops });
    }
  }
}
