import type { Input } from "../../kit/operation-types.ts";
import { removeTagKeys } from "../../kit/tags.ts";
import type { RequestContext } from "../../service.ts";
import type { GroupRecord } from "./log-store.ts";
import { findGroup, groupNameOf, type LogsState } from "./context.ts";

/** Adds tags to a log group by ARN, or overwrites them: at most 50. */
export function tagResource(
  state: LogsState,
  input: Input<"cloudwatch-logs", "TagResource">,
  context: RequestContext,
): object {
  return add(state, findGroup(state, groupNameOf(input.resourceArn), context), input.tags);
}

/** Removes tags from a log group by ARN. Keys that it does not have are ignored. */
export function untagResource(
  state: LogsState,
  input: Input<"cloudwatch-logs", "UntagResource">,
  context: RequestContext,
): object {
  return remove(state, findGroup(state, groupNameOf(input.resourceArn), context), input.tagKeys);
}

/** Returns the tags of a log group by ARN. */
export function listTagsForResource(
  state: LogsState,
  input: Input<"cloudwatch-logs", "ListTagsForResource">,
  context: RequestContext,
) {
  return { tags: { ...findGroup(state, groupNameOf(input.resourceArn), context).settings.tags } };
}

/** The older form of `TagResource`, by the group's name. */
export function tagLogGroup(
  state: LogsState,
  input: Input<"cloudwatch-logs", "TagLogGroup">,
  context: RequestContext,
): object {
  return add(state, findGroup(state, input.logGroupName, context), input.tags);
}

/** The older form of `UntagResource`, by the group's name. */
export function untagLogGroup(
  state: LogsState,
  input: Input<"cloudwatch-logs", "UntagLogGroup">,
  context: RequestContext,
): object {
  return remove(state, findGroup(state, input.logGroupName, context), input.tags);
}

/** The older form of `ListTagsForResource`, by the group's name. */
export function listTagsLogGroup(
  state: LogsState,
  input: Input<"cloudwatch-logs", "ListTagsLogGroup">,
  context: RequestContext,
) {
  return { tags: { ...findGroup(state, input.logGroupName, context).settings.tags } };
}

function add(state: LogsState, group: GroupRecord, tags: Record<string, string> | undefined): object {
  state.logs.saveSettings(group, { ...group.settings, tags: { ...group.settings.tags, ...tags } });
  return {};
}

function remove(state: LogsState, group: GroupRecord, keys: readonly string[] | undefined): object {
  state.logs.saveSettings(group, { ...group.settings, tags: removeTagKeys(group.settings.tags, keys) });
  return {};
}
