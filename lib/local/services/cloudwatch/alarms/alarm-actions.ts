import { notCarried } from "../../../kit/not-carried.ts";
import { errorText } from "../../../kit/error-text.ts";
import { AwsError, isAwsError } from "../../../aws-error.ts";
import { mayInvokeFunction } from "../../../policy/function-grant.ts";
import { Outbox, type Outcome } from "../../../state/outbox.ts";
import { grantsService } from "../../../policy/service-grant.ts";
import type { Cloud } from "../../../service.ts";
import { buildFunctionEvent, buildStateChange } from "./alarm-event.ts";
import { buildAlarmMessage, buildAlarmSubject } from "./alarm-message.ts";
import type { AlarmRecord, AlarmStore } from "./alarm-store.ts";
import type { CloudwatchState } from "../context.ts";

/** What is to be done because an alarm entered a state. */
export interface AlarmAction {
  /** The ARN of what is told, or `events` for the event bus, which hears of every change. */
  readonly action: string;
  readonly before: AlarmRecord;
  readonly now: AlarmRecord;
}

const EVENTS = "events";
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
const CALLER = "lambda.alarms.cloudwatch.amazonaws.com";
const FIRST_RETRY_MS = 1000;
const MOST_ATTEMPTS = 6;

/** Opens what keeps the actions of alarms until they are carried out. */
export function openActions(cloud: Cloud, alarms: AlarmStore): Outbox<AlarmAction> {
  return new Outbox<AlarmAction>(cloud, {
    collection: "cloudwatch.actions",
    laneOf: ({ now, action }) => ({ name: `${now.AlarmArn} ${action}`, isOrdered: true }),
    attempt: (item, attempts) => attemptAction(cloud, alarms, item, attempts),
    log: (line) => cloud.log(line),
  });
}

/** Promises the actions of the state that an alarm entered. Call it in the turn that keeps the state. */
export function runActions({ actions }: CloudwatchState, before: AlarmRecord, now: AlarmRecord): void {
  actions.add({ action: EVENTS, before, now });
  if (!now.ActionsEnabled) return;
  for (const action of actionsOf(now) ?? []) actions.add({ action, before, now });
}

function actionsOf(alarm: AlarmRecord): readonly string[] | undefined {
  if (alarm.StateValue === "ALARM") return alarm.AlarmActions;
  return alarm.StateValue === "OK" ? alarm.OKActions : alarm.InsufficientDataActions;
}

async function attemptAction(cloud: Cloud, alarms: AlarmStore, item: AlarmAction, attempts: number): Promise<Outcome> {
  try {
    await carryOut(cloud, item);
    note(cloud, alarms, item, undefined);
    return undefined;
  } catch (error) {
    const isFinal = isAwsError(error) && ((error.statusCode ?? 400) < 500 || error.code === "NotImplemented");
    if (!isFinal && attempts + 1 < MOST_ATTEMPTS) return { retryAfterMs: FIRST_RETRY_MS * 2 ** attempts };
    note(cloud, alarms, item, errorText(error));
    return undefined;
  }
}

async function carryOut(cloud: Cloud, { action, before, now }: AlarmAction): Promise<void> {
  const context = { region: now.Region };
  if (action === EVENTS) {
    await cloud.call("eventbridge", "PutEvents", { Entries: [buildStateChange(before, now)] }, context);
    return;
  }
  const service = action.split(":")[2];
  if (service === "sns") {
    await requireTopicGrant(cloud, action, now);
    const Message = buildAlarmMessage(cloud.account, before, now);
    await cloud.call("sns", "Publish", { TopicArn: action, Subject: buildAlarmSubject(now), Message }, context);
  } else if (service === "lambda") {
    await requireGrant(cloud, action, now);
    const Payload = Buffer.from(JSON.stringify(buildFunctionEvent(cloud.account, before, now)));
    await cloud.call("lambda", "Invoke", { FunctionName: action, InvocationType: "Event", Payload }, context);
  } else throw notCarried(`${service} as an alarm's action`, "Let it tell a topic or run a function.");
}

/** The policy that every topic has at first lets the alarms of its account in; one that was set has to. */
async function requireTopicGrant(cloud: Cloud, TopicArn: string, { AlarmArn, Region }: AlarmRecord): Promise<void> {
  const { Attributes } = await cloud.call("sns", "GetTopicAttributes", { TopicArn }, { region: Region });
  const isGranted = grantsService(Attributes?.["Policy"], {
    service: "cloudwatch.amazonaws.com",
    action: "sns:Publish",
    resource: TopicArn,
    sourceArn: AlarmArn,
    sourceAccount: cloud.account,
    tellsOwner: true,
  });
  if (isGranted) return;
  throw new AwsError(
    "AuthorizationErrorException",
    `Resource: ${AlarmArn} is not authorized to perform: SNS:Publish on resource: ${TopicArn}. Let cloudwatch.amazonaws.com publish by the topic's policy.`,
  );
}

async function requireGrant(cloud: Cloud, functionArn: string, { AlarmArn }: AlarmRecord): Promise<void> {
  if (await mayInvokeFunction(cloud, functionArn, { service: CALLER, sourceArn: AlarmArn })) return;
  throw new AwsError(
    "AccessDeniedException",
    `CloudWatch Alarms is not authorized to perform: lambda:InvokeFunction on the resource because no resource-based policy allows the action. Let ${CALLER} invoke it.`,
  );
}

/** The history tells of actions; of events to the bus it does not. */
function note(cloud: Cloud, alarms: AlarmStore, { action, now }: AlarmAction, failure: string | undefined): void {
  const summary =
    failure === undefined ? `Successfully executed action ${action}` : `Failed to execute action ${action}`;
  if (failure !== undefined) cloud.log(`cloudwatch: alarm ${now.AlarmName}: ${summary}: ${failure}`);
  if (action === EVENTS) return;
  alarms.addHistory(now, cloud.clock.now(), "Action", summary, {
    actionState: failure === undefined ? "Succeeded" : "Failed",
    notificationResource: action,
    ...(failure !== undefined && { error: failure }),
  });
}
