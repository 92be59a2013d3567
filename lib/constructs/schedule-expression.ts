import { TimeZone } from "aws-cdk-lib";
import { ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import type { ScheduleProps } from "./schedule-props.ts";

/** An expression that is given as text. aws-cdk-lib's own adds the time zone `Etc/UTC` to each. */
class TextExpression extends ScheduleExpression {
  readonly expressionString: string;
  readonly timeZone?: TimeZone;

  constructor(expressionString: string, timeZone: TimeZone | undefined) {
    super();
    this.expressionString = expressionString;
    this.timeZone = timeZone;
  }
}

/** Input as it is: aws-cdk-lib's `fromText` is for a text without JSON. */
class TextInput extends ScheduleTargetInput {
  readonly #text: string;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  bind(): string {
    return this.#text;
  }
}

/** The expression of a schedule as aws-cdk-lib takes it. */
export function toScheduleExpression({ schedule, timeZone }: ScheduleProps): ScheduleExpression {
  if (typeof schedule !== "string") return schedule;
  return new TextExpression(schedule, typeof timeZone === "string" ? TimeZone.of(timeZone) : timeZone);
}

/** The input of a schedule's target as aws-cdk-lib takes it. */
export function toScheduleInput(input: ScheduleProps["input"]): ScheduleTargetInput | undefined {
  if (typeof input === "string") return new TextInput(input);
  if (input === undefined || input instanceof ScheduleTargetInput) return input;
  return ScheduleTargetInput.fromObject(input);
}
