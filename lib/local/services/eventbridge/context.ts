import type { RuleRecord } from "./records.ts";
import { pager } from "../../kit/page.ts";
import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf, RequestContext } from "../../service.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Collection } from "../../state/store.ts";
import type { ArchiveTable } from "./archives/archive-table.ts";
import type {
  ApiDestinationRecord,
  ArchiveRecord,
  BusRecord,
  ConnectionRecord,
  ReplayRecord,
  Delivery,
} from "./records.ts";
import type { RuleBook } from "./rules/rule-book.ts";
import type { RuleMetrics } from "./rules/rule-metrics.ts";

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"eventbridge">> = InputOf<"eventbridge", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"eventbridge">> = OutputOf<"eventbridge", K>;

/** Sends the events of archives again. */
interface Replayer {
  follow(replay: ReplayRecord): void;
  start(): void;
  stop(): void;
}

/** Fires the rules with a schedule. */
interface RuleTimes {
  requireSchedule(expression: string): void;
  follow(rule: RuleRecord): RuleRecord;
  forget(rule: RuleRecord): void;
  start(): void;
  stop(): void;
}

/** All that the operations of EventBridge share. Keys of the collections are `region/name`. */
export interface Events {
  readonly cloud: Cloud;
  readonly buses: Collection<BusRecord>;
  readonly rules: RuleBook;
  readonly archives: Collection<ArchiveRecord>;
  readonly archived: ArchiveTable;
  readonly replays: Collection<ReplayRecord>;
  readonly replayer: Replayer;
  readonly connections: Collection<ConnectionRecord>;
  readonly destinations: Collection<ApiDestinationRecord>;
  readonly deliveries: Outbox<Delivery>;
  readonly clock: RuleTimes;
  readonly metrics: RuleMetrics;
}

/** The key of a record: names are unique in their region. */
export function keyOf({ region }: { readonly region: string }, name: string): string {
  return `${region}/${name}`;
}

/** An ARN of EventBridge, for example of `rule/name`. */
export function arnOf(events: Events, { region }: { readonly region: string }, resource: string): string {
  return `arn:${events.cloud.partition}:events:${region}:${events.cloud.account}:${resource}`;
}

/** A time as events have it: ISO 8601, UTC, whole seconds. */
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
