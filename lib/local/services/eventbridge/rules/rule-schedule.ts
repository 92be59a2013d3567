import {
  isRateInGoodGrammar,
  type Schedule,
  tryParseSchedule,
} from "../../../../util/schedule-expression/schedule-expression.ts";

/**
 * Reads a rule's `rate(5 minutes)` or `cron(0 12 * * ? *)`, in UTC; undefined where it is neither.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function tryParseRuleSchedule(expression: string): Schedule | undefined {
  const schedule = tryParseSchedule(expression);
  if (schedule?.kind === "at") return undefined;
  return schedule?.kind === "rate" && !isRateInGoodGrammar(expression.slice(5, -1)) ? undefined : schedule;
}
