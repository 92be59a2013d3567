import { Token } from "aws-cdk-lib";
import { findCronProblem } from "../util/schedule-expression/cron-fields.ts";
import {
  findRateProblem,
  isRateInGoodGrammar,
  tryParseSchedule,
} from "../util/schedule-expression/schedule-expression.ts";
import type { ScheduleProblem } from "../util/schedule-expression/schedule-problem.ts";
import { isTimeZone } from "../util/schedule-expression/time-zone.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";
import { isScheduleTarget, type ScheduleProps } from "./schedule-props.ts";

const NAME = /^[0-9a-zA-Z\-_.]{1,64}$/;
const SOURCE = /^(?!aws\.)[/.\-_A-Za-z0-9]{1,256}$/;

/** Options of a target that is a resource: a schedule target of aws-cdk-lib has its own. */
const TARGET_OPTIONS = [
  "deadLetterQueue",
  "event",
  "input",
  "maxEventAge",
  "messageGroupId",
  "partitionKey",
  "retryAttempts",
  "role",
] as const satisfies readonly (keyof ScheduleProps)[];

/** Limits: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const RULES: readonly Rule<ScheduleProps>[] = [
  {
    when: ({ timeZone }) => timeZone !== undefined && isWritten(zoneName(timeZone)) && !isTimeZone(zoneName(timeZone)),
    message: ({ timeZone = "" }) =>
      `timeZone: got '${zoneName(timeZone)}'; allowed are names of the IANA time zone database, such as 'Europe/Berlin'`,
  },
  {
    when: ({ schedule, timeZone }) => typeof schedule !== "string" && timeZone !== undefined,
    message: () => "timeZone: a ScheduleExpression has its own; leave it out",
  },
  {
    when: ({ schedule, timeZone }) => isText(schedule, "rate") && timeZone !== undefined,
    message: () => "timeZone: a rate has none; leave it out, or use cron",
  },
  {
    when: ({ schedule, start, end }) => isText(schedule, "at") && (start ?? end) !== undefined,
    message: () => "start, end: a schedule that is due once has none; leave them out",
  },
  {
    when: ({ start, end }) => start !== undefined && end !== undefined && start >= end,
    message: ({ start, end }) => `end: got ${end?.toISOString()}, which is not after the start ${start?.toISOString()}`,
  },
  {
    when: ({ retryAttempts = 0 }) => !Number.isInteger(retryAttempts) || retryAttempts < 0 || retryAttempts > 185,
    message: ({ retryAttempts }) => `retryAttempts: got ${retryAttempts}; allowed are whole numbers from 0 to 185`,
  },
  {
    when: ({ maxEventAge }) =>
      maxEventAge !== undefined && (maxEventAge.toSeconds() < 60 || maxEventAge.toSeconds() > 86_400),
    message: ({ maxEventAge }) =>
      `maxEventAge: got ${maxEventAge?.toSeconds()} seconds; allowed are 1 minute to 24 hours`,
  },
  {
    when: (props) => isScheduleTarget(props.target) && TARGET_OPTIONS.some((name) => props[name] !== undefined),
    message: (props) =>
      `${TARGET_OPTIONS.filter((name) => props[name] !== undefined).join(", ")}: give them to the target, which is one of aws-cdk-lib's schedule targets`,
  },
  {
    when: ({ scheduleName: name }) => isWritten(name) && !NAME.test(name),
    message: ({ scheduleName }) => `scheduleName: got '${scheduleName}'; allowed are 1 to 64 of A-Z a-z 0-9 . - _`,
  },
  {
    when: ({ target, messageGroupId }) => isFifo(target) !== (messageGroupId !== undefined),
    message: ({ target }) =>
      isFifo(target)
        ? "messageGroupId: missing; a FIFO queue needs one"
        : "messageGroupId: only FIFO queues have message groups; leave it out",
  },
  {
    when: ({ target, event }) => "eventBusArn" in target !== (event !== undefined),
    message: ({ target }) =>
      "eventBusArn" in target
        ? "event: missing; give the source and the detailType of the event for the bus"
        : "event: only buses have events; leave it out",
  },
  {
    when: ({ event }) => isWritten(event?.source) && !SOURCE.test(event.source),
    message: ({ event }) =>
      `event.source: got '${event?.source}'; allowed are 1 to 256 of A-Z a-z 0-9 . - _ /, without 'aws.' at the start`,
  },
  {
    when: ({ event }) => isWritten(event?.detailType) && !isOfLength(event.detailType, 128),
    message: ({ event }) => `event.detailType: has ${event?.detailType.length} characters; allowed are 1 to 128`,
  },
  {
    when: ({ target, partitionKey }) => partitionKey !== undefined && !("streamArn" in target),
    message: () => "partitionKey: only streams have partition keys; leave it out",
  },
  {
    when: ({ partitionKey: key }) => isWritten(key) && !isOfLength(key, 256),
    message: ({ partitionKey }) => `partitionKey: has ${partitionKey?.length} characters; allowed are 1 to 256`,
  },
  {
    when: ({ target, input }) => needsJson(target) && typeof input === "string" && !isJson(input),
    message: ({ input }) =>
      `input: got the text '${typeof input === "string" ? input : ""}'; functions, workflows and buses need JSON: give an object, or a text that is JSON`,
  },
  {
    when: ({ input }) => input === "",
    message: () => "input: is empty; leave it out, or give a value",
  },
  {
    when: ({ deadLetterQueue }) => typeof deadLetterQueue === "object" && deadLetterQueue.fifo,
    message: () => "deadLetterQueue: got a FIFO queue; the Scheduler takes only standard queues",
  },
];

/** What is wrong with a schedule. */
export function scheduleProblems(props: ScheduleProps): string[] {
  return [...expressionProblems(props.schedule), ...brokenRules(props, RULES)];
}

function expressionProblems(schedule: ScheduleProps["schedule"] | undefined): string[] {
  if (schedule === undefined) return [`schedule: missing; ${EXAMPLES}`];
  const text = typeof schedule === "string" ? schedule : schedule.expressionString;
  if (!isWritten(text)) return [];
  const [, kind = "", inner = ""] = /^(rate|cron|at)\((.*)\)$/s.exec(text) ?? [];
  const problem = findProblem(kind, inner);
  if (problem !== undefined) return [pointedOut(text, kind.length + 1, problem)];
  return tryParseSchedule(text) === undefined ? [`schedule: got '${text}'; ${EXAMPLES}`] : [];
}

const EXAMPLES =
  "allowed are a ScheduleExpression and texts such as 'rate(5 minutes)', 'cron(0 8 ? * MON-FRI *)' and 'at(2027-01-31T09:00:00)'";

function findProblem(kind: string, inner: string): ScheduleProblem | undefined {
  if (kind === "rate") return findRateProblem(inner) ?? findGrammarProblem(inner);
  return kind === "cron" ? findCronProblem(inner) : undefined;
}

function findGrammarProblem(rate: string): ScheduleProblem | undefined {
  if (isRateInGoodGrammar(rate)) return undefined;
  const [count = "", unit = ""] = rate.split(" ");
  const right = unit.endsWith("s") ? unit.slice(0, -1) : `${unit}s`;
  return { message: `has '${rate}'; write '${count} ${right}'`, start: count.length + 1, length: unit.length };
}

/** The problem, and below it the text with carets under what is wrong. */
function pointedOut(text: string, offset: number, { message, start, length }: ScheduleProblem): string {
  return `schedule: ${message}\n    ${text}\n    ${" ".repeat(offset + start)}${"^".repeat(Math.max(1, length))}`;
}

function isText(schedule: ScheduleProps["schedule"] | undefined, kind: "rate" | "at"): boolean {
  return (
    schedule !== undefined &&
    (typeof schedule === "string" ? schedule : schedule.expressionString).startsWith(`${kind}(`)
  );
}

function zoneName(timeZone: NonNullable<ScheduleProps["timeZone"]>): string {
  return typeof timeZone === "string" ? timeZone : timeZone.timezoneName;
}

function isFifo(target: ScheduleProps["target"]): boolean {
  return "queueArn" in target && target.fifo;
}

function needsJson(target: ScheduleProps["target"]): boolean {
  return !isScheduleTarget(target) && !("queueArn" in target || "topicArn" in target || "streamArn" in target);
}

function isOfLength(text: string, most: number): boolean {
  return text.length >= 1 && text.length <= most;
}

function isJson(text: string): boolean {
  if (Token.isUnresolved(text)) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
