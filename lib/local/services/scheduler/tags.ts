import type { Tag } from "@aws-sdk/client-scheduler";
import type { RequestContext } from "../../service.ts";
import { requireGroup } from "./groups.ts";
import type { GroupRecord } from "./records.ts";
import { invalid, requireValid } from "./errors.ts";
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
  const added = new Map(input.Tags?.map((tag) => [tag.Key, tag]));
  keep(scheduler, group, [...group.tags.filter(({ Key }) => !added.has(Key)), ...added.values()]);
  return {};
}

export function untagResource(scheduler: Scheduler, input: Input<"UntagResource">, context: RequestContext): object {
  const group = requireTagged(scheduler, input.ResourceArn, context);
  keep(
    scheduler,
    group,
    group.tags.filter(({ Key }) => !input.TagKeys?.includes(Key!)),
  );
  return {};
}

export function requireTags(tags: readonly Tag[] | undefined): void {
  if ((tags?.length ?? 0) > MOST_TAGS) throw invalid(`The number of tags exceeds the limit of ${MOST_TAGS}.`);
  requireValid(
    ...(tags ?? []).flatMap((tag, index) => [
      { member: `tags.${index + 1}.member.key`, value: tag.Key, least: 1, most: 128, isRequired: true },
      { member: `tags.${index + 1}.member.value`, value: tag.Value, least: 1, most: 256, isRequired: true },
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
