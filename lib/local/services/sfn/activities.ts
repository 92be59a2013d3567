import { errorText } from "../../kit/error-text.ts";
import { AWS_OWNED } from "./encryption.ts";
import type { Nothing } from "../../kit/operation-types.ts";
import type { Tag } from "@aws-sdk/client-sfn";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { checkArn, checkName, page, resourceMissing } from "./errors.ts";
import type { Input, Output, Sfn } from "./context.ts";
import { parseJson } from "../../../util/parse-json.ts";

/** Creates an activity. Doing it again with the same name returns the same ARN. */
export function createActivity(
  sfn: Sfn,
  input: Input<"CreateActivity">,
  { region, account }: RequestContext,
): Output<"CreateActivity"> {
  const name = checkName(input.name);
  const arn = `arn:aws:states:${region}:${account}:activity:${name}`;
  const record = sfn.activities.get(arn) ?? { arn, name, createdMs: sfn.cloud.clock.now(), tags: input.tags ?? [] };
  sfn.activities.put(arn, record);
  return { activityArn: arn, creationDate: new Date(record.createdMs) };
}

/** Returns an activity. `ActivityDoesNotExist` where there is none of this ARN. */
export function describeActivity(sfn: Sfn, input: Input<"DescribeActivity">): Output<"DescribeActivity"> {
  const { arn, name, createdMs } = findActivity(sfn, input.activityArn);
  return { activityArn: arn, name, creationDate: new Date(createdMs), encryptionConfiguration: AWS_OWNED };
}

/** Lists the region's activities, a page at a time. */
export function listActivities(
  sfn: Sfn,
  input: Input<"ListActivities">,
  { region }: RequestContext,
): Output<"ListActivities"> {
  const all = sfn.activities.list(`arn:aws:states:${region}:`).map(([, activity]) => activity);
  const { items, nextToken } = page(all, input.maxResults, input.nextToken);
  return {
    activities: items.map(({ arn, name, createdMs }) => ({
      activityArn: arn,
      name,
      creationDate: new Date(createdMs),
    })),
    nextToken,
  };
}

/** Deletes an activity. Doing it again is not an error. */
export function deleteActivity(sfn: Sfn, input: Input<"DeleteActivity">): Nothing {
  sfn.activities.delete(checkArn(input.activityArn));
  return {};
}

/** Returns the next task, or an empty one after a minute, as AWS does. */
export async function getActivityTask(
  sfn: Sfn,
  input: Input<"GetActivityTask">,
  { http }: RequestContext,
): Promise<Output<"GetActivityTask">> {
  const { arn } = findActivity(sfn, input.activityArn);
  const gone = new AbortController();
  http?.socket.once("close", () => gone.abort());
  const task = await sfn.desk.take(arn, input.workerName, gone.signal);
  return task === undefined ? {} : { taskToken: task.token, input: task.input };
}

/** Ends the task of a token with its output, JSON of at most 256 KiB. `TaskTimedOut` for an old token. */
export function sendTaskSuccess(sfn: Sfn, { taskToken, output }: Input<"SendTaskSuccess">): Nothing {
  try {
    parseJson(output);
  } catch (error) {
    throw new AwsError("InvalidOutput", `Invalid Output: '${errorText(error)}'`);
  }
  sfn.desk.settle(checkToken(taskToken), { output });
  return {};
}

/** Ends the task of a token with an error. `TaskTimedOut` for an old token. */
export function sendTaskFailure(sfn: Sfn, { taskToken, error, cause }: Input<"SendTaskFailure">): Nothing {
  sfn.desk.settle(checkToken(taskToken), { error, cause });
  return {};
}

/** Restarts the heartbeat of a token's task. `TaskTimedOut` for an old token. */
export function sendTaskHeartbeat(sfn: Sfn, { taskToken }: Input<"SendTaskHeartbeat">): Nothing {
  sfn.desk.heartbeat(checkToken(taskToken));
  return {};
}

/** Adds tags to a state machine or activity, or overwrites them: at most 50. */
export function tagResource(sfn: Sfn, { resourceArn, tags }: Input<"TagResource">): Nothing {
  const names = new Set(tags.map(({ key }) => key));
  retag(sfn, resourceArn, (before) => [...before.filter(({ key }) => !names.has(key)), ...tags]);
  return {};
}

/** Removes tags by their keys. Keys that the resource does not have are ignored. */
export function untagResource(sfn: Sfn, { resourceArn, tagKeys }: Input<"UntagResource">): Nothing {
  retag(sfn, resourceArn, (before) => before.filter(({ key = "" }) => !tagKeys.includes(key)));
  return {};
}

/** Returns the tags of a state machine or activity, by ARN. */
export function listTagsForResource(
  sfn: Sfn,
  { resourceArn }: Input<"ListTagsForResource">,
): Output<"ListTagsForResource"> {
  const arn = checkArn(resourceArn);
  const found = sfn.machines.get(arn) ?? sfn.activities.get(arn);
  if (found === undefined) throw resourceMissing(arn);
  return { tags: [...found.tags] };
}

function retag(sfn: Sfn, resourceArn: string | undefined, change: (before: readonly Tag[]) => Tag[]): void {
  const arn = checkArn(resourceArn);
  const machine = sfn.machines.get(arn);
  const activity = sfn.activities.get(arn);
  if (machine !== undefined) sfn.machines.put(arn, { ...machine, tags: change(machine.tags) });
  else if (activity !== undefined) sfn.activities.put(arn, { ...activity, tags: change(activity.tags) });
  else throw resourceMissing(arn);
}

function findActivity(sfn: Sfn, arn: string | undefined) {
  const activity = sfn.activities.get(checkArn(arn));
  if (activity === undefined) throw new AwsError("ActivityDoesNotExist", `Activity Does Not Exist: '${arn}'`);
  return activity;
}

/** The shape of tokens here; an unknown token of that shape has timed out. */
const TOKEN = /^[A-Za-z0-9+/]{128}$/;

function checkToken(token: string | undefined): string {
  if (!TOKEN.test(token ?? "")) throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
  return token!;
}
