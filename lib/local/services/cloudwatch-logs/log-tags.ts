import { removeTagKeys } from "../../kit/tags.ts";
import type {
  ListTagsForResourceCommandInput,
  ListTagsLogGroupCommandInput,
  TagLogGroupCommandInput,
  TagResourceCommandInput,
  UntagLogGroupCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../service.ts";
import type { GroupRecord } from "./log-store.ts";
import { findGroup, groupNameOf, type LogsState } from "./context.ts";

export function tagResource(state: LogsState, input: TagResourceCommandInput, context: RequestContext): object {
  return add(state, findGroup(state, groupNameOf(input.resourceArn), context), input.tags);
}

export function untagResource(state: LogsState, input: UntagResourceCommandInput, context: RequestContext): object {
  return remove(state, findGroup(state, groupNameOf(input.resourceArn), context), input.tagKeys);
}

export function listTagsForResource(state: LogsState, input: ListTagsForResourceCommandInput, context: RequestContext) {
  return { tags: { ...findGroup(state, groupNameOf(input.resourceArn), context).settings.tags } };
}

export function tagLogGroup(state: LogsState, input: TagLogGroupCommandInput, context: RequestContext): object {
  return add(state, findGroup(state, input.logGroupName, context), input.tags);
}

export function untagLogGroup(state: LogsState, input: UntagLogGroupCommandInput, context: RequestContext): object {
  return remove(state, findGroup(state, input.logGroupName, context), input.tags);
}

export function listTagsLogGroup(state: LogsState, input: ListTagsLogGroupCommandInput, context: RequestContext) {
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
