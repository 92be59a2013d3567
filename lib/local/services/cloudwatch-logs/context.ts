import type { Cloud, RequestContext } from "../../service.ts";
import type { FilterTables } from "./filter-tables.ts";
import type { Ingestion } from "./ingestion.ts";
import type { GroupRecord, LogStore, StreamRecord } from "./log-store.ts";
import { groupNotFound, streamNotFound } from "./errors.ts";

/** The state shared by all operations. */
export interface LogsState {
  readonly cloud: Cloud;
  readonly logs: LogStore;
  readonly filters: FilterTables;
  /** Notified of every batch of stored events. */
  readonly ingestion: Ingestion;
}

/** The log group of this name. `ResourceNotFoundException` where the region has none. */
export function findGroup(state: LogsState, name: string | undefined, context: RequestContext): GroupRecord {
  const group = name === undefined ? undefined : state.logs.group(context.region, name);
  if (!group) throw groupNotFound();
  return group;
}

/** A group by its name or its ARN: one of the two members that name it. */
export function findGroupBy(
  state: LogsState,
  input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
  context: RequestContext,
): GroupRecord {
  return findGroup(state, input.logGroupName ?? groupNameOf(input.logGroupIdentifier), context);
}

/** The stream of this name. `ResourceNotFoundException` where the group has none. */
export function findStream(state: LogsState, group: GroupRecord, name: string | undefined): StreamRecord {
  const stream = name === undefined ? undefined : state.logs.stream(group, name);
  if (!stream) throw streamNotFound();
  return stream;
}

/** `arn:aws:logs:<region>:<account>:log-group:<name>`. */
export function groupArn(account: string, group: Pick<GroupRecord, "region" | "name">): string {
  return `arn:aws:logs:${group.region}:${account}:log-group:${group.name}`;
}

/** The group that an identifier means: a name, or an ARN with or without `:*`. */
export function groupNameOf(identifier: string | undefined): string | undefined {
  return /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/.exec(identifier ?? "")?.[1] ?? identifier;
}

/** Events before this moment are expired, whether they were swept away yet or not. */
export function expiryOf(group: GroupRecord, nowMs: number): number {
  const days = group.settings.retentionInDays;
  return days === undefined ? 0 : nowMs - days * 86_400_000;
}
