import { pager } from "../../kit/page.ts";
import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf, RequestContext } from "../../service.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Collection } from "../../state/store.ts";
import { ArchiveTable } from "./archives/archive-table.ts";
import { openTargetDeliveries, type Delivery } from "./targets/deliveries.ts";
import type { ApiDestinationRecord, ArchiveRecord, BusRecord, ConnectionRecord, ReplayRecord } from "./records.ts";
import { ReplayRunner } from "./archives/replay-runner.ts";
import { RuleBook } from "./rules/rule-book.ts";
import { RuleClock } from "./rules/rule-clock.ts";
import { RuleMetrics } from "./rules/rule-metrics.ts";

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"eventbridge">> = InputOf<"eventbridge", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"eventbridge">> = OutputOf<"eventbridge", K>;

/** All that the operations of EventBridge share. Keys of the collections are `region/name`. */
export interface Events {
  readonly cloud: Cloud;
  readonly buses: Collection<BusRecord>;
  readonly rules: RuleBook;
  readonly archives: Collection<ArchiveRecord>;
  readonly archived: ArchiveTable;
  readonly replays: Collection<ReplayRecord>;
  readonly replayer: ReplayRunner;
  readonly connections: Collection<ConnectionRecord>;
  readonly destinations: Collection<ApiDestinationRecord>;
  readonly deliveries: Outbox<Delivery>;
  readonly clock: RuleClock;
  readonly metrics: RuleMetrics;
}

export function openEvents(cloud: Cloud): Events {
  const { store } = cloud;
  const parts = {
    cloud,
    buses: store.collection<BusRecord>("events.buses"),
    rules: new RuleBook(cloud),
    metrics: new RuleMetrics(cloud),
    archives: store.collection<ArchiveRecord>("events.archives"),
    archived: new ArchiveTable(store),
    replays: store.collection<ReplayRecord>("events.replays"),
    connections: store.collection<ConnectionRecord>("events.connections"),
    destinations: store.collection<ApiDestinationRecord>("events.api-destinations"),
    deliveries: openTargetDeliveries(cloud, () => events),
  };
  const events: { -readonly [K in keyof Events]: Events[K] } = parts as { -readonly [K in keyof Events]: Events[K] };
  // These two ask back for the rest.
  events.replayer = new ReplayRunner(events);
  events.clock = new RuleClock(events);
  return events;
}

export function keyOf({ region }: { readonly region: string }, name: string): string {
  return `${region}/${name}`;
}

/** An ARN of EventBridge, for example of `rule/name`. */
export function arnOf(events: Events, { region }: { readonly region: string }, resource: string): string {
  return `arn:${events.cloud.partition}:events:${region}:${events.cloud.account}:${resource}`;
}

export function isoSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

const cut = pager((NextToken) => ({ NextToken }));

/** A page of a list, and `NextToken` where there are more. A token of another list gives an empty page. */
export function pageOf<T>(
  all: readonly T[],
  input: { readonly NextToken?: string | undefined; readonly Limit?: number | undefined },
) {
  return cut(all, Math.min(input.Limit ?? 100, 100), input.NextToken);
}

/** Where a call inside the cloud goes. */
export function inRegion(region: string): Partial<RequestContext> {
  return { region };
}
