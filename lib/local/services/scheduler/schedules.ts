import type { Checked } from "../../kit/checked.ts";
import { requireValid } from "../../kit/require-valid.ts";
import type { ScheduleSummary } from "@aws-sdk/client-scheduler";
import type { RequestContext } from "../../service.ts";
import { requireTrust } from "./execution-role.ts";
import { DEFAULT_GROUP, requireGroup } from "./groups.ts";
import type { ScheduleRecord } from "./records.ts";
import { conflict, notFound } from "./errors.ts";
import { nameConstraint, requireSchedule, type ScheduleInput } from "./schedule-rules.ts";
import { keyOfSchedule, pageOf, scheduleArn, type Input, type Output, type Scheduler } from "./context.ts";
import { requireTarget } from "./target-rules.ts";

/** Creates a schedule. `ConflictException` where its group has one of this name. */
export async function createSchedule(
  scheduler: Scheduler,
  input: Input<"CreateSchedule">,
  { region }: RequestContext,
): Promise<Output<"CreateSchedule">> {
  await requireFit(scheduler, input, region);
  const record = { ...recordOf(scheduler, input, region), clientToken: input.ClientToken };
  const answer = { ScheduleArn: scheduleArn(scheduler, record) };
  const before = scheduler.schedules.get(keyOfSchedule(record));
  if (before !== undefined && before.clientToken === input.ClientToken) return answer;
  if (before !== undefined) throw conflict(`Schedule ${record.name} already exists.`);
  scheduler.cloud.store.transaction(() => scheduler.clock.keep(record));
  return answer;
}

/** All of a schedule is replaced: what is left out goes back to its default. */
export async function updateSchedule(
  scheduler: Scheduler,
  input: Input<"UpdateSchedule">,
  { region }: RequestContext,
): Promise<Output<"UpdateSchedule">> {
  await requireFit(scheduler, input, region);
  const before = requireExisting(scheduler, input, region);
  const record = recordOf(scheduler, input, region, before);
  scheduler.cloud.store.transaction(() => scheduler.clock.keep(record));
  return { ScheduleArn: scheduleArn(scheduler, record) };
}

/** Returns a schedule. `ResourceNotFoundException` where its group has none of this name. */
export function getSchedule(
  scheduler: Scheduler,
  input: Input<"GetSchedule">,
  { region }: RequestContext,
): Output<"GetSchedule"> {
  const schedule = requireNamed(scheduler, input, region);
  return {
    ...summarise(scheduler, schedule),
    ActionAfterCompletion: schedule.afterCompletion,
    Description: schedule.description,
    EndDate: toDate(schedule.endMs),
    FlexibleTimeWindow: schedule.window,
    KmsKeyArn: schedule.kmsKeyArn,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timeZone,
    StartDate: toDate(schedule.startMs),
    Target: schedule.target,
  };
}

/** Deletes a schedule. A delivery under way ends as it would have. */
export function deleteSchedule(
  scheduler: Scheduler,
  input: Input<"DeleteSchedule">,
  { region }: RequestContext,
): object {
  const schedule = requireNamed(scheduler, input, region);
  scheduler.cloud.store.transaction(() => scheduler.clock.remove(schedule));
  return {};
}

/** Lists schedules by group, name prefix and state, a page at a time. */
export function listSchedules(
  scheduler: Scheduler,
  input: Input<"ListSchedules">,
  { region }: RequestContext,
): Output<"ListSchedules"> {
  requireValid(
    nameConstraint("groupName", input.GroupName),
    nameConstraint("namePrefix", input.NamePrefix),
    { member: "state", value: input.State, oneOf: ["ENABLED", "DISABLED"] },
    { member: "maxResults", value: input.MaxResults, min: 1, max: 100 },
  );
  if (input.GroupName !== undefined) requireGroup(scheduler, region, input.GroupName);
  const within = input.GroupName === undefined ? `${region}/` : `${region}/${input.GroupName}/`;
  const found = scheduler.schedules.list(within).flatMap(([, schedule]) => {
    const isWanted =
      schedule.name.startsWith(input.NamePrefix ?? "") && (input.State ?? schedule.state) === schedule.state;
    return isWanted ? [schedule] : [];
  });
  const { items, next } = pageOf(found, input);
  const Schedules = items.map((schedule) => ({
    ...summarise(scheduler, schedule),
    Target: { Arn: schedule.target.Arn },
  }));
  return { Schedules, ...next };
}

async function requireFit(scheduler: Scheduler, input: ScheduleInput, region: string): Promise<void> {
  requireSchedule(input, scheduler.cloud.clock.now());
  await requireTarget(input.Target, region);
  const group = input.GroupName ?? DEFAULT_GROUP;
  await requireTrust(scheduler, { roleArn: input.Target.RoleArn, region, group });
  requireGroup(scheduler, region, group);
}

function recordOf(scheduler: Scheduler, input: ScheduleInput, region: string, before?: ScheduleRecord): ScheduleRecord {
  const nowMs = scheduler.cloud.clock.now();
  const startMs = input.StartDate?.getTime();
  const timing = {
    expression: input.ScheduleExpression,
    timeZone: input.ScheduleExpressionTimezone ?? "UTC",
    startMs,
  };
  // A rate keeps its rhythm while its timing does not change.
  const isSame =
    before?.expression === timing.expression && before.timeZone === timing.timeZone && before.startMs === startMs;
  return {
    ...timing,
    name: input.Name,
    group: input.GroupName ?? DEFAULT_GROUP,
    region,
    description: input.Description,
    kmsKeyArn: input.KmsKeyArn,
    endMs: input.EndDate?.getTime(),
    state: input.State ?? "ENABLED",
    afterCompletion: input.ActionAfterCompletion ?? "NONE",
    window: input.FlexibleTimeWindow,
    target: withRetryPolicy(input.Target),
    createdMs: before?.createdMs ?? nowMs,
    modifiedMs: nowMs,
    anchorMs: isSame ? before.anchorMs : (startMs ?? nowMs),
    lastMs: isSame ? before.lastMs : undefined,
  };
}

/** AWS shows the retry policy that counts. */
function withRetryPolicy(target: NonNullable<ScheduleInput["Target"]>): ScheduleRecord["target"] {
  const RetryPolicy = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185, ...target.RetryPolicy };
  return { ...target, RetryPolicy };
}

function requireNamed(scheduler: Scheduler, input: Input<"GetSchedule">, region: string): ScheduleRecord {
  requireValid(nameConstraint("name", input.Name, { isRequired: true }), nameConstraint("groupName", input.GroupName));
  return requireExisting(scheduler, input, region);
}

function requireExisting(
  scheduler: Scheduler,
  { Name, GroupName = DEFAULT_GROUP }: Input<"GetSchedule">,
  region: string,
): ScheduleRecord {
  const schedule = scheduler.schedules.get(keyOfSchedule({ region, group: GroupName, name: Name }));
  if (schedule === undefined) throw notFound(`Schedule ${Name} does not exist.`);
  return schedule;
}

function summarise(scheduler: Scheduler, schedule: ScheduleRecord): Omit<Checked<ScheduleSummary>, "Target"> {
  return {
    Arn: scheduleArn(scheduler, schedule),
    Name: schedule.name,
    GroupName: schedule.group,
    State: schedule.state,
    CreationDate: new Date(schedule.createdMs),
    LastModificationDate: new Date(schedule.modifiedMs),
  };
}

function toDate(epochMs: number | undefined): Date | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs);
}
