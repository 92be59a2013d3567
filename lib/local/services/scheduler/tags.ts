import { requireTags } from "./tag-rules.ts";
import type { Checked } from "../../kit/checked.ts";
import { addTags, lastOfEachKey, removeTags } from "../../kit/tags.ts";
import { requireValid } from "../../kit/require-valid.ts";
import type { Tag } from "@aws-sdk/client-scheduler";
import type { RequestContext } from "../../service.ts";
import { requireGroup } from "./groups.ts";
import type { GroupRecord } from "./records.ts";
import type { Input, Output, Scheduler } from "./context.ts";

/** Only groups have tags: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_TagResource.html */
const TAGGABLE = String.raw`^arn:aws[a-z-]*:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+$`;

/** Returns a group's tags. Only groups have tags. */
export function listTagsForResource(
  scheduler: Scheduler,
  input: Input<"ListTagsForResource">,
  context: RequestContext,
): Output<"ListTagsForResource"> {
  return { Tags: [...requireTagged(scheduler, input.ResourceArn, context).tags] };
}

/** Adds tags to a group, or overwrites them: at most 200. */
export function tagResource(scheduler: Scheduler, input: Input<"TagResource">, context: RequestContext): object {
  const group = requireTagged(scheduler, input.ResourceArn, context);
  keep(scheduler, group, addTags(group.tags, lastOfEachKey(input.Tags)));
  return {};
}

/** Removes tags by their keys. Keys that the group does not have are ignored. */
export function untagResource(scheduler: Scheduler, input: Input<"UntagResource">, context: RequestContext): object {
  const group = requireTagged(scheduler, input.ResourceArn, context);
  keep(scheduler, group, removeTags(group.tags, input.TagKeys));
  return {};
}

function keep(scheduler: Scheduler, group: GroupRecord, tags: readonly Checked<Tag>[]): void {
  requireTags(tags);
  scheduler.groups.put(`${group.region}/${group.name}`, { ...group, tags });
}

function requireTagged(scheduler: Scheduler, arn: string | undefined, { region }: RequestContext): GroupRecord {
  requireValid({ member: "resourceArn", value: arn, pattern: TAGGABLE, isRequired: true });
  return requireGroup(scheduler, region, arn!.slice(arn!.lastIndexOf("/") + 1));
}
