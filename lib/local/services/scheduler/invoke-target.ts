import { type Authority, inRole } from "../../delivery/authority.ts";
import { DeliveryFailure } from "../../delivery/failure.ts";
import type { ActingFor } from "../../policy/caller.ts";
import type { Invocation } from "./records.ts";
import { groupArn, type Scheduler } from "./context.ts";
import type { Attempt, InvocationCall } from "./targets/target-call.ts";
import { templatedCall } from "./targets/templated-call.ts";
import { tryReadUniversalTarget, universalCall } from "./targets/universal-call.ts";

/** AWS's id of an invocation: sixteen hexadecimal digits. */
export function executionId({ id }: Invocation): string {
  return id.replaceAll("-", "").slice(0, 16);
}

/** The call that an invocation comes to, at its attempt of this number, from 0. */
export async function buildCall(
  scheduler: Scheduler,
  invocation: Invocation,
  attempts: number,
): Promise<InvocationCall> {
  const { target, region, id } = invocation;
  const { cloud } = scheduler;
  const attempt: Attempt = {
    id,
    target,
    region,
    input: target.Input === undefined ? undefined : fillIn(target.Input, invocation, attempts),
    notification: defaultNotification(invocation, cloud.account),
  };
  const universal = tryReadUniversalTarget(target.Arn ?? "");
  const call =
    universal === undefined
      ? templatedCall(cloud, attempt, byRole(scheduler, invocation))
      : await universalCall(cloud, universal, attempt, actorOf(scheduler, invocation));
  if (call === undefined) throw new DeliveryFailure("ValidationException", `${target.Arn} is not a target.`);
  return call;
}

/** The schedule's role has to allow what is done in its name. */
export function byRole(scheduler: Scheduler, invocation: Invocation): Authority {
  return inRole(actorOf(scheduler, invocation));
}

/** A session of the schedule's role, one for each invocation. */
function actorOf(scheduler: Scheduler, invocation: Invocation): ActingFor {
  const { region, group, target } = invocation;
  return {
    roleArn: target.RoleArn,
    sessionName: executionId(invocation),
    service: "scheduler.amazonaws.com",
    sourceArn: groupArn(scheduler, region, group),
  };
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function fillIn(input: string, invocation: Invocation, attempts: number): string {
  return input
    .replaceAll("<aws.scheduler.schedule-arn>", invocation.scheduleArn)
    .replaceAll("<aws.scheduler.scheduled-time>", isoSeconds(invocation.scheduledMs))
    .replaceAll("<aws.scheduler.execution-id>", executionId(invocation))
    .replaceAll("<aws.scheduler.attempt-number>", String(attempts + 1));
}

/** What a templated target gets that gives no input; its detail is a text, as seen in events from AWS of 2024. */
function defaultNotification({ id, region, scheduleArn, scheduledMs }: Invocation, account: string): string {
  return JSON.stringify({
    version: "0",
    id,
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account,
    time: isoSeconds(scheduledMs),
    region,
    resources: [scheduleArn],
    detail: "{}",
  });
}

/** A time as targets receive it: ISO 8601, UTC, whole seconds. */
export function isoSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
