import { SAMPLE, sampleArn, sampleTime } from "./sample.ts";

/** An event of an event bus. */
export interface BusEventInput {
  readonly detailType: string;
  readonly source: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
}

/**
 * The event that a rule of EventBridge sends.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
export function busEvent({ detailType, source, detail, resources = [] }: BusEventInput) {
  return {
    version: "0",
    id: SAMPLE.requestId,
    "detail-type": detailType,
    source,
    account: SAMPLE.account,
    time: sampleTime().replace(".000Z", "Z"),
    region: SAMPLE.region,
    resources: [...resources],
    detail,
  };
}

/** The event of a rule with a schedule. `rule` is the rule's name, `nightly` by default. */
export function scheduledRuleEvent(rule = "nightly") {
  const resources = [sampleArn("events", `rule/${rule}`)];
  return busEvent({ detailType: "Scheduled Event", source: "aws.events", detail: {}, resources });
}

/**
 * The event of EventBridge Scheduler for a schedule without an input of its own. `schedule` is its name.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
 */
export function schedulerEvent(schedule = "nightly") {
  const resources = [sampleArn("scheduler", `schedule/default/${schedule}`)];
  return busEvent({ detailType: "Scheduled Event", source: "aws.scheduler", detail: "{}", resources });
}
