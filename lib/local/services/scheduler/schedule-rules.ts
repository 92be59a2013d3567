import { requireValid, type Constraint } from "../../kit/require-valid.ts";
import { tryParseSchedule } from "../../../util/schedule-expression/schedule-expression.ts";
import { isTimeZone } from "../../../util/schedule-expression/time-zone.ts";
import { invalid } from "./errors.ts";
import type { Input } from "./context.ts";

/** What CreateSchedule and UpdateSchedule take. */
export type ScheduleInput = Input<"CreateSchedule"> | Input<"UpdateSchedule">;

const NAME = "^[0-9a-zA-Z-_.]+$";
const ROLE = String.raw`^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@\/-]+$`;
const QUEUE = String.raw`^arn:aws[a-z-]*:sqs:[a-z0-9\-]+:\d{12}:[a-zA-Z0-9\-_]+$`;
const SOURCE = String.raw`^(?=[/\.\-_A-Za-z0-9]+)((?!aws\.).*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)$`;
const EARLIEST_START_MS = 5 * 60_000;

/** The rule of names: 1 to 64 letters, digits, `-`, `_` and `.`. */
export function nameConstraint(
  member: string,
  value: string | undefined,
  more: Pick<Constraint, "isRequired"> = {},
): Constraint {
  return { member, value, pattern: NAME, min: 1, max: 64, ...more };
}

/**
 * Refuses a schedule that the Scheduler would not take, but for its target and its role. Words as measured from AWS, see
 * the README. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export function requireSchedule(input: ScheduleInput, nowMs: number): void {
  requireValid(...constraintsOf(input));
  requireWindow(input);
  const zone = input.ScheduleExpressionTimezone ?? "UTC";
  if (!isTimeZone(zone)) throw invalid(`Invalid Schedule Expression Timezone ${zone}.`);
  const schedule = tryParseSchedule(input.ScheduleExpression, zone);
  if (schedule === undefined) throw invalid(`Invalid Schedule Expression ${input.ScheduleExpression}.`);
  if (schedule.kind === "at") return;
  const [startMs, endMs] = [input.StartDate?.getTime(), input.EndDate?.getTime()];
  if (startMs !== undefined && startMs < nowMs - EARLIEST_START_MS)
    throw invalid("The StartDate you specify cannot be earlier than 5 minutes ago.");
  if (startMs !== undefined && endMs !== undefined && startMs >= endMs)
    throw invalid("The StartDate you specify must come before the EndDate.");
}

function constraintsOf(input: ScheduleInput): Constraint[] {
  const { Target: target, FlexibleTimeWindow: window } = input;
  const retry = target?.RetryPolicy;
  const events = target?.EventBridgeParameters;
  return [
    nameConstraint("name", input.Name, { isRequired: true }),
    nameConstraint("groupName", input.GroupName),
    { member: "scheduleExpression", value: input.ScheduleExpression, min: 1, max: 256, isRequired: true },
    { member: "scheduleExpressionTimezone", value: input.ScheduleExpressionTimezone, min: 1, max: 50 },
    { member: "description", value: input.Description, max: 512 },
    { member: "state", value: input.State, oneOf: ["ENABLED", "DISABLED"] },
    { member: "actionAfterCompletion", value: input.ActionAfterCompletion, oneOf: ["NONE", "DELETE"] },
    { member: "flexibleTimeWindow.mode", value: window?.Mode, oneOf: ["OFF", "FLEXIBLE"], isRequired: true },
    {
      member: "flexibleTimeWindow.maximumWindowInMinutes",
      value: window?.MaximumWindowInMinutes,
      min: 1,
      max: 1440,
    },
    { member: "target.arn", value: target?.Arn, min: 1, max: 1600, isRequired: true },
    { member: "target.roleArn", value: target?.RoleArn, pattern: ROLE, min: 1, max: 1600, isRequired: true },
    { member: "target.deadLetterConfig.arn", value: target?.DeadLetterConfig?.Arn, pattern: QUEUE, max: 1600 },
    { member: "target.input", value: target?.Input, min: 1 },
    {
      member: "target.retryPolicy.maximumEventAgeInSeconds",
      value: retry?.MaximumEventAgeInSeconds,
      min: 60,
      max: 86_400,
    },
    { member: "target.retryPolicy.maximumRetryAttempts", value: retry?.MaximumRetryAttempts, min: 0, max: 185 },
    {
      member: "target.sqsParameters.messageGroupId",
      value: target?.SqsParameters?.MessageGroupId,
      min: 1,
      max: 128,
    },
    {
      member: "target.kinesisParameters.partitionKey",
      value: target?.KinesisParameters?.PartitionKey,
      min: 1,
      max: 256,
    },
    { member: "target.eventBridgeParameters.detailType", value: events?.DetailType, min: 1, max: 128 },
    {
      member: "target.eventBridgeParameters.source",
      value: events?.Source,
      pattern: SOURCE,
      min: 1,
      max: 256,
    },
  ];
}

function requireWindow({ FlexibleTimeWindow: window }: ScheduleInput): void {
  const isFlexible = window?.Mode === "FLEXIBLE";
  if (isFlexible === (window?.MaximumWindowInMinutes !== undefined)) return;
  const [word, mode] = isFlexible ? ["must", "FLEXIBLE"] : ["must not", "OFF"];
  throw invalid(`MaximumWindowInMinutes ${word} be provided when FlexibleTimeWindowMode is set to ${mode}.`);
}
