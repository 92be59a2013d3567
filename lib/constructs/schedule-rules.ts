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
import type { ScheduleProps } from "./schedule.ts";

const NAME = /^[0-9a-zA-Z\-_.]{1,64}$/;
const SOURCE = /^(?!aws\.)[/.\-_A-Za-z0-9]{1,256}$/;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Limits: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const RULES: readonly Rule<ScheduleProps>[] = [
  {
    when: ({ rate, cron, at }) => [rate, cron, at].filter((each) => each !== undefined).length !== 1,
    message: ({ rate, cron, at }) =>
      `rate, cron, at: got ${[rate, cron, at].filter((each) => each !== undefined).length} of them; give exactly one`,
  },
  {
    when: ({ at }) => isWritten(at) && tryParseSchedule(`at(${at})`) === undefined,
    message: ({ at }) => `at: got '${at}'; allowed is a time without a zone, such as '2027-01-31T09:00:00'`,
  },
  {
    when: ({ timeZone }) => isWritten(timeZone) && !isTimeZone(timeZone),
    message: ({ timeZone }) =>
      `timeZone: got '${timeZone}'; allowed are names of the IANA time zone database, such as 'Europe/Berlin'`,
  },
  {
    when: ({ rate, timeZone }) => rate !== undefined && timeZone !== undefined,
    message: () => "timeZone: a rate looks at no clock on the wall; leave it out, or use cron",
  },
  {
    when: ({ at, start, end }) => at !== undefined && (start ?? end) !== undefined,
    message: () => "start, end: a single time has none; leave them out",
  },
  date("start"),
  date("end"),
  {
    when: ({ start, end }) => isDate(start) && isDate(end) && Date.parse(start) >= Date.parse(end),
    message: ({ start, end }) => `end: got '${end}', which is not after the start '${start}'`,
  },
  {
    when: ({ flexibleWindow: window }) => window !== undefined && !isWholeMinutes(window.toSeconds()),
    message: ({ flexibleWindow }) =>
      `flexibleWindow: got ${flexibleWindow!.toSeconds()} seconds; allowed are whole minutes, 1 minute to 24 hours`,
  },
  {
    when: ({ retries = 0 }) => !Number.isInteger(retries) || retries < 0 || retries > 185,
    message: ({ retries }) => `retries: got ${retries}; allowed are whole numbers from 0 to 185`,
  },
  {
    when: ({ maxAge }) => maxAge !== undefined && (maxAge.toSeconds() < 60 || maxAge.toSeconds() > 86_400),
    message: ({ maxAge }) => `maxAge: got ${maxAge!.toSeconds()} seconds; allowed are 1 minute to 24 hours`,
  },
  {
    when: ({ scheduleName: name }) => isWritten(name) && !NAME.test(name),
    message: ({ scheduleName }) => `scheduleName: got '${scheduleName}'; allowed are 1 to 64 of A-Z a-z 0-9 . - _`,
  },
  {
    when: ({ target, messageGroup }) => isFifo(target) !== (messageGroup !== undefined),
    message: ({ target }) =>
      isFifo(target)
        ? "messageGroup: a FIFO queue wants to know which group the messages are in; give one"
        : "messageGroup: only FIFO queues have message groups; leave it out",
  },
  {
    when: ({ target, event }) => "eventBusArn" in target !== (event !== undefined),
    message: ({ target }) =>
      "eventBusArn" in target
        ? "event: a bus wants to know what the event is; give its source and detailType"
        : "event: only buses take events; leave it out",
  },
  {
    when: ({ event }) => isWritten(event?.source) && !SOURCE.test(event.source),
    message: ({ event }) =>
      `event.source: got '${event!.source}'; allowed are 1 to 256 of A-Z a-z 0-9 . - _ /, and nothing that begins with 'aws.'`,
  },
  {
    when: ({ event }) => isWritten(event?.detailType) && !isOfLength(event.detailType, 128),
    message: ({ event }) => `event.detailType: has ${event!.detailType.length} characters; allowed are 1 to 128`,
  },
  {
    when: ({ target, partitionKey }) => partitionKey !== undefined && !("streamArn" in target),
    message: () => "partitionKey: only streams have shards; leave it out",
  },
  {
    when: ({ partitionKey: key }) => isWritten(key) && !isOfLength(key, 256),
    message: ({ partitionKey }) => `partitionKey: has ${partitionKey!.length} characters; allowed are 1 to 256`,
  },
  {
    when: ({ target, input }) => wantsJson(target) && typeof input === "string" && !isJson(input),
    message: ({ input }) =>
      `input: got the text '${input as string}'; functions, workflows and buses take JSON: give an object, or a text that is JSON`,
  },
  {
    when: ({ input }) => input === "",
    message: () => "input: is empty; leave it out, or give something",
  },
  {
    when: ({ deadLetters }) => typeof deadLetters === "object" && deadLetters.fifo,
    message: () => "deadLetters: got a FIFO queue; the Scheduler takes standard ones only",
  },
];

/** What is wrong with a schedule. */
export function scheduleProblems(props: ScheduleProps): string[] {
  return [...expressionProblems(props), ...brokenRules(props, RULES)];
}

function expressionProblems({ rate, cron }: ScheduleProps): string[] {
  if (isWritten(rate)) return pointedOut("rate", rate, findRateProblem(rate) ?? findGrammarProblem(rate));
  if (!isWritten(cron)) return [];
  const problem = findCronProblem(cron);
  if (problem !== undefined || tryParseSchedule(`cron(${cron})`) !== undefined)
    return pointedOut("cron", cron, problem);
  return [`cron: got '${cron}', which says nothing that the Scheduler understands`];
}

function findGrammarProblem(rate: string): ScheduleProblem | undefined {
  if (isRateInGoodGrammar(rate)) return undefined;
  const [count = "", unit = ""] = rate.split(" ");
  const right = unit.endsWith("s") ? unit.slice(0, -1) : `${unit}s`;
  return { message: `says '${rate}'; write '${count} ${right}'`, start: count.length + 1, length: unit.length };
}

/** The problem, and below it the text with carets under what is wrong. */
function pointedOut(prop: string, text: string, problem: ScheduleProblem | undefined): string[] {
  if (problem === undefined) return [];
  const { message, start, length } = problem;
  return [`${prop}: ${message}\n    ${text}\n    ${" ".repeat(start)}${"^".repeat(Math.max(1, length))}`];
}

function date(name: "start" | "end"): Rule<ScheduleProps> {
  return {
    when: (props) => isWritten(props[name]) && !isDate(props[name]),
    message: (props) => `${name}: got '${props[name]}'; allowed is a time in UTC, such as '2027-01-31T09:00:00Z'`,
  };
}

function isDate(text: string | undefined): text is string {
  return isWritten(text) && DATE.test(text) && !Number.isNaN(Date.parse(text));
}

function isWholeMinutes(seconds: number): boolean {
  return seconds >= 60 && seconds <= 86_400 && seconds % 60 === 0;
}

function isFifo(target: ScheduleProps["target"]): boolean {
  return "queueArn" in target && target.fifo;
}

function wantsJson(target: ScheduleProps["target"]): boolean {
  return !("queueArn" in target) && !("topicArn" in target) && !("streamArn" in target);
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
