import { pager } from "../../kit/page.ts";
import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf } from "../../service.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Collection } from "../../state/store.ts";
import type { GroupRecord, Invocation, ScheduleRecord } from "./records.ts";
import type { ScheduleMetrics } from "./schedule-metrics.ts";

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"scheduler">> = InputOf<"scheduler", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"scheduler">> = OutputOf<"scheduler", K>;

/** Arms the schedules' next occurrences. */
interface Occurrences {
  keep(schedule: ScheduleRecord, fromMs?: number): void;
  remove(schedule: ScheduleRecord): void;
  start(): void;
  stop(): void;
}

/** All that the operations of the Scheduler share. */
export interface Scheduler {
  readonly cloud: Cloud;
  /** Keys are `region/name`. */
  readonly groups: Collection<GroupRecord>;
  /** Keys are `region/group/name`. */
  readonly schedules: Collection<ScheduleRecord>;
  readonly clock: Occurrences;
  readonly deliveries: Outbox<Invocation>;
  readonly metrics: ScheduleMetrics;
}

/** The key of a schedule: names are unique in their region and group. */
export function keyOfSchedule(schedule: Pick<ScheduleRecord, "region" | "group" | "name">): string {
  return `${schedule.region}/${schedule.group}/${schedule.name}`;
}

/** `arn:aws:scheduler:<region>:<account>:schedule/<group>/<name>`. */
export function scheduleArn(
  { cloud }: Scheduler,
  { region, group, name }: Pick<ScheduleRecord, "region" | "group" | "name">,
): string {
  return `arn:${cloud.partition}:scheduler:${region}:${cloud.account}:schedule/${group}/${name}`;
}

/** `arn:aws:scheduler:<region>:<account>:schedule-group/<name>`. */
export function groupArn({ cloud }: Scheduler, region: string, name: string): string {
  return `arn:${cloud.partition}:scheduler:${region}:${cloud.account}:schedule-group/${name}`;
}

const cut = pager((NextToken) => ({ NextToken }));

/** A page of a list, and `NextToken` where there are more. A token of another list gives an empty page. */
export function pageOf<T>(
  all: readonly T[],
  input: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined },
) {
  return cut(all, input.MaxResults ?? 100, input.NextToken);
}
