import { AwsError } from "../../../aws-error.ts";
import { type Authority, byPolicy, trusted } from "../../../delivery/authority.ts";
import { callOf, deliver } from "../../../delivery/deliver.ts";
import { openDeliveries } from "../../../delivery/open-deliveries.ts";
import { planRetry } from "../../../delivery/retry.ts";
import { defaultBusArn, toBus } from "../../../delivery/to-bus.ts";
import { readArn } from "../../../kit/arn.ts";
import { notCarried } from "../../../kit/not-carried.ts";
import type { Cloud } from "../../../service.ts";
import type { Outbox } from "../../../state/outbox.ts";
import { buildFunctionEvent, buildStateChange } from "./alarm-event.ts";
import { buildAlarmMessage, buildAlarmSubject } from "./alarm-message.ts";
import type { AlarmRecord, AlarmStore, AlarmAction } from "./alarm-store.ts";
import type { CloudwatchState } from "../context.ts";

const EVENTS = "events";
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
const CALLER = "lambda.alarms.cloudwatch.amazonaws.com";
const MAX_RETRIES = 5;

/** Opens what keeps the actions of alarms until they are carried out. */
export function openActions(cloud: Cloud, alarms: AlarmStore): Outbox<AlarmAction> {
  return openDeliveries<AlarmAction>(cloud, {
    collection: "cloudwatch.actions",
    laneOf: ({ now, action }) => ({ name: `${now.AlarmArn} ${action}`, isOrdered: true }),
    async send(item) {
      await carryOut(cloud, item);
      note(cloud, alarms, item, undefined);
    },
    retry: (_item, failure, attempts) => planRetry(failure, attempts, { maxRetries: MAX_RETRIES }),
    giveUp: (item, failure) => note(cloud, alarms, item, failure.message),
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

async function carryOut(cloud: Cloud, { action, before, now }: AlarmAction): Promise<void> {
  if (action === EVENTS)
    return deliver(toBus(cloud, defaultBusArn(cloud, now.Region), buildStateChange(before, now)), trusted);
  const call = callOf(cloud, action, {
    topic: () => ({ message: buildAlarmMessage(cloud.account, before, now), subject: buildAlarmSubject(now) }),
    function: () => ({ payload: JSON.stringify(buildFunctionEvent(cloud.account, before, now)) }),
  });
  if (call === undefined)
    throw notCarried(`${readArn(action).service} as an alarm's action`, "Let it tell a topic or run a function.");
  await deliver(call, call.service === "sns" ? asPublisher(cloud, now) : asInvoker(cloud, now));
}

/** The policy that every topic has at first lets the alarms of its account in; one that was set has to. */
function asPublisher(cloud: Cloud, { AlarmArn }: AlarmRecord): Authority {
  const grantee = { service: "cloudwatch.amazonaws.com", sourceArn: AlarmArn, tellsOwner: true };
  return byPolicy(cloud, grantee, ({ arn }) => {
    const message = `Resource: ${AlarmArn} is not authorized to perform: SNS:Publish on resource: ${arn}.`;
    return new AwsError(
      "AuthorizationErrorException",
      `${message} Let ${grantee.service} publish by the topic's policy.`,
    );
  });
}

function asInvoker(cloud: Cloud, { AlarmArn }: AlarmRecord): Authority {
  return byPolicy(cloud, { service: CALLER, sourceArn: AlarmArn }, () => {
    const message =
      "CloudWatch Alarms is not authorized to perform: lambda:InvokeFunction on the resource because no resource-based policy allows the action.";
    return new AwsError("AccessDeniedException", `${message} Let ${CALLER} invoke it.`);
  });
}

/** The history records actions, but not events to the bus. */
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
