import { addTags, lastOfEachKey, removeTags } from "../../kit/tags.ts";
import { requireValid } from "../../kit/require-valid.ts";
import type { Tag } from "@aws-sdk/client-scheduler";
import type { RequestContext } from "../../service.ts";
import { requireGroup } from "./groups.ts";
import type { GroupRecord } from "./records.ts";
import { invalid } from "./errors.ts";
import type { Input, Output, Scheduler } from "./context.ts";

const MOST_TAGS = 200;
/** Only groups have tags: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_TagResource.html */
const TAGGABLE = String.raw`^arn:aws[a-z-]*:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+$`;

export function listTagsForResource(
  scheduler: Scheduler,
  input: Input<"ListTagsForResource">,
  context: RequestContext,
): Output<"ListTagsForResource"> {
  return { Tags: [...requireTagged(scheduler, input.ResourceArn, context).tags] };
}

export function tagResource(scheduler: Scheduler, input: Input<"TagResource">, context: RequestContext): object {
  const group = requireTagged(scheduler, input.ResourceArn, context);
  keep(scheduler, group, addTags(group.tags, lastOfEachKey(input.Tags)));
  return {};
}

export function untagResource(scheduler: Scheduler, input: Input<"UntagResource">, context: RequestContext): object {
  const group = requireTagged(scheduler, input.ResourceArn, context);
  keep(scheduler, group, removeTags(group.tags, input.TagKeys));
  return {};
}

export function requireTags(tags: readonly Tag[] | undefined): void {
  if ((tags?.length ?? 0) > MOST_TAGS) throw invalid(`The number of tags exceeds the limit of ${MOST_TAGS}.`);
  requireValid(
    ...(tags ?? []).flatMap((tag, index) => [
      { member: `tags.${index + 1}.member.key`, value: tag.Key, min: 1, max: 128, isRequired: true },
      { member: `tags.${index + 1}.member.value`, value: tag.Value, min: 1, max: 256, isRequired: true },
    ]),
  );
}

function keep(scheduler: Scheduler, group: GroupRecord, tags: readonly Tag[]): void {
  requireTags(tags);
  scheduler.groups.put(`${group.region}/${group.name}`, { ...group, tags });
}

function requireTagged(scheduler: Scheduler, arn: string | undefined, { region }: RequestContext): GroupRecord {
  requireValid({ member: "resourceArn", value: arn, pattern: TAGGABLE, isRequired: true });
  return requireGroup(scheduler, region, arn!.slice(arn!.lastIndexOf("/") + 1));
}
