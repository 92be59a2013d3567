import type { Input } from "../../kit/operation-types.ts";
import type { LogGroup, LogGroupClass } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { checkGroupName, checkLimit } from "./input-rules.ts";
import type { GroupRecord } from "./log-store.ts";
import { findGroup, findGroupBy, groupArn, groupNameOf, type LogsState } from "./context.ts";
import { pageOf } from "./errors.ts";
import { constraint, invalidParameter } from "./errors.ts";

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const CLASSES: readonly LogGroupClass[] = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"];

/** Creates a log group. `ResourceAlreadyExistsException` where the region has one of this name. */
export function createLogGroup(
  state: LogsState,
  input: Input<"cloudwatch-logs", "CreateLogGroup">,
  context: RequestContext,
): object {
  const name = checkGroupName(input.logGroupName);
  const logGroupClass = input.logGroupClass ?? "STANDARD";
  if (!CLASSES.includes(logGroupClass))
    throw constraint(logGroupClass, "logGroupClass", `satisfy enum value set: [${CLASSES.join(", ")}]`);
  if (state.logs.group(context.region, name))
    throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
  state.logs.addGroup(context.region, name, state.cloud.clock.now(), {
    logGroupClass,
    tags: { ...input.tags },
    ...(input.kmsKeyId !== undefined && { kmsKeyId: input.kmsKeyId }),
    ...(input.deletionProtectionEnabled && { deletionProtectionEnabled: true }),
  });
  return {};
}

/** DeleteLogGroup: its streams, events and filters go with it. */
export function deleteLogGroup(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DeleteLogGroup">,
  context: RequestContext,
): object {
  const group = findGroup(state, input.logGroupName, context);
  if (group.settings.deletionProtectionEnabled)
    throw new AwsError("ValidationException", "The log group is protected from deletion.");
  state.cloud.store.transaction(() => {
    state.filters.deleteAll(group);
    state.logs.deleteGroup(group);
  });
  return {};
}

/** Lists log groups by name prefix or pattern, a page at a time. */
export function describeLogGroups(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DescribeLogGroups">,
  context: RequestContext,
) {
  if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined)
    throw invalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  const limit = checkLimit(input.limit, 50);
  const pattern = input.logGroupNamePattern?.toLowerCase();
  const wanted = input.logGroupIdentifiers && new Set(input.logGroupIdentifiers.map(groupNameOf));
  const groups = state.logs
    .groups(context.region, input.logGroupNamePrefix)
    .filter((group) => pattern === undefined || group.name.toLowerCase().includes(pattern))
    .filter((group) => wanted === undefined || wanted.has(group.name))
    .filter((group) => input.logGroupClass === undefined || group.settings.logGroupClass === input.logGroupClass);
  const { items, next } = pageOf(groups, limit, input.nextToken);
  return { logGroups: items.map((group) => describe(state, group, context)), ...next };
}

/** ListLogGroups: a shorter form; its pattern is taken as a text to be found in the name. */
export function listLogGroups(
  state: LogsState,
  input: Input<"cloudwatch-logs", "ListLogGroups">,
  context: RequestContext,
) {
  const limit = checkLimit(input.limit, 1000);
  const pattern = input.logGroupNamePattern ?? "";
  const matches = (name: string) =>
    pattern.startsWith("^") ? name.startsWith(pattern.slice(1)) : name.includes(pattern);
  const groups = state.logs.groups(context.region).filter((group) => matches(group.name));
  const { items, next } = pageOf(groups, limit, input.nextToken);
  const logGroups = items.map((group) => ({
    logGroupName: group.name,
    logGroupArn: groupArn(context.account, group),
    logGroupClass: group.settings.logGroupClass,
  }));
  return { logGroups, ...next };
}

/** Sets for how many days a group's events are kept, one of AWS's 22 values. */
export function putRetentionPolicy(
  state: LogsState,
  input: Input<"cloudwatch-logs", "PutRetentionPolicy">,
  context: RequestContext,
): object {
  const days = input.retentionInDays;
  if (!RETENTION_DAYS.includes(days ?? 0))
    throw constraint(days, "retentionInDays", `satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`);
  const group = findGroup(state, input.logGroupName, context);
  state.logs.saveSettings(group, { ...group.settings, retentionInDays: days });
  return {};
}

/** Removes the retention setting: events never expire. */
export function deleteRetentionPolicy(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DeleteRetentionPolicy">,
  context: RequestContext,
): object {
  const group = findGroup(state, input.logGroupName, context);
  state.logs.saveSettings(group, { ...group.settings, retentionInDays: undefined });
  return {};
}

/** Protects a group from `DeleteLogGroup`, or ends the protection. */
export function putLogGroupDeletionProtection(
  state: LogsState,
  input: Input<"cloudwatch-logs", "PutLogGroupDeletionProtection">,
  context: RequestContext,
): object {
  const group = findGroupBy(state, input, context);
  const deletionProtectionEnabled = input.deletionProtectionEnabled;
  state.logs.saveSettings(group, { ...group.settings, deletionProtectionEnabled });
  return {};
}

function describe(state: LogsState, group: GroupRecord, context: RequestContext): LogGroup {
  const { logGroupClass, retentionInDays, kmsKeyId, deletionProtectionEnabled } = group.settings;
  const arn = groupArn(context.account, group);
  return {
    logGroupName: group.name,
    creationTime: group.createdMs,
    metricFilterCount: state.filters.metric.list(state.filters.prefix(group)).length,
    arn: `${arn}:*`,
    storedBytes: group.storedBytes,
    logGroupClass,
    logGroupArn: arn,
    ...(retentionInDays !== undefined && { retentionInDays }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    ...(deletionProtectionEnabled && { deletionProtectionEnabled }),
  };
}
