import type { Input } from "../../../kit/operation-types.ts";
import { addTags, lastOfEachKey, removeTags } from "../../../kit/tags.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { AlarmRecord } from "./alarm-store.ts";
import type { CloudwatchState } from "../context.ts";

/** ListTagsForResource: of an alarm that is gone there are none, as AWS says. */
export function listTagsForResource(
  state: CloudwatchState,
  input: Input<"cloudwatch", "ListTagsForResource">,
  context: RequestContext,
) {
  return { Tags: [...(findAlarm(state, input.ResourceARN, context)?.Tags ?? [])] };
}

/** Adds tags to an alarm by ARN, or overwrites them: at most 50. */
export function tagResource(
  state: CloudwatchState,
  input: Input<"cloudwatch", "TagResource">,
  context: RequestContext,
): object {
  const alarm = wantAlarm(state, input.ResourceARN, context);
  state.alarms.put({ ...alarm, Tags: addTags(alarm.Tags, lastOfEachKey(input.Tags)) });
  return {};
}

/** Removes tags from an alarm by ARN. Keys that it does not have are ignored. */
export function untagResource(
  state: CloudwatchState,
  input: Input<"cloudwatch", "UntagResource">,
  context: RequestContext,
): object {
  const alarm = wantAlarm(state, input.ResourceARN, context);
  state.alarms.put({ ...alarm, Tags: removeTags(alarm.Tags, input.TagKeys) });
  return {};
}

function findAlarm(state: CloudwatchState, arn: string | undefined, context: RequestContext): AlarmRecord | undefined {
  return state.alarms.get(context.region, /^arn:[^:]+:cloudwatch:[^:]*:\d*:alarm:(.+)$/.exec(arn ?? "")?.[1]);
}

function wantAlarm(state: CloudwatchState, arn: string | undefined, context: RequestContext): AlarmRecord {
  const alarm = findAlarm(state, arn, context);
  if (!alarm)
    throw new AwsError("ResourceNotFoundException", `Alarm ${arn} does not exist.`, {
      members: { ResourceType: "alarm", ResourceId: arn },
    });
  return alarm;
}
