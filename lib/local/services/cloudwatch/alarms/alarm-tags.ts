import { addTags, lastOfEachKey, removeTags } from "../../../kit/tags.ts";
import type {
  ListTagsForResourceCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { AlarmRecord } from "./alarm-store.ts";
import type { CloudwatchState } from "../context.ts";

/** ListTagsForResource: of an alarm that is gone there are none, as AWS says. */
export function listTagsForResource(
  state: CloudwatchState,
  input: ListTagsForResourceCommandInput,
  context: RequestContext,
) {
  return { Tags: [...(findAlarm(state, input.ResourceARN, context)?.Tags ?? [])] };
}

export function tagResource(state: CloudwatchState, input: TagResourceCommandInput, context: RequestContext): object {
  const alarm = wantAlarm(state, input.ResourceARN, context);
  state.alarms.put({ ...alarm, Tags: addTags(alarm.Tags, lastOfEachKey(input.Tags)) });
  return {};
}

export function untagResource(
  state: CloudwatchState,
  input: UntagResourceCommandInput,
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
