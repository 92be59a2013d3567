import { isAwsError } from "../../aws-error.ts";
import type { ServiceName } from "../../service.ts";
import { tryFindDenial } from "./execution-role.ts";
import { InvocationFailure } from "./invocation-failure.ts";
import type { Invocation } from "./records.ts";
import type { Scheduler } from "./context.ts";
import type { Attempt, TargetCall } from "./targets/target-call.ts";
import { targetKind } from "./targets/target-kind.ts";
import { templatedCall } from "./targets/templated-call.ts";
import { tryReadUniversalTarget, universalCall } from "./targets/universal-call.ts";

type AnyCall = (service: ServiceName, operation: string, input: object, context: { region: string }) => Promise<object>;

/** The id by which AWS tells an invocation: sixteen hexadecimal digits. */
export function executionId({ id }: Invocation): string {
  return id.replaceAll("-", "").slice(0, 16);
}

/** The call that an invocation comes to, at its attempt of this number, from 0. */
export async function buildCall({ cloud }: Scheduler, invocation: Invocation, attempts: number): Promise<TargetCall> {
  const { target, region, id } = invocation;
  const attempt: Attempt = {
    id,
    target,
    region,
    account: cloud.account,
    endpoint: cloud.endpoint,
    input: target.Input === undefined ? undefined : fillIn(target.Input, invocation, attempts),
    notification: defaultNotification(invocation, cloud.account),
  };
  const universal = tryReadUniversalTarget(target.Arn!);
  const kind = targetKind(target.Arn!);
  const call = universal === undefined ? kind && templatedCall(kind, attempt) : await universalCall(universal, attempt);
  if (call === undefined) throw new InvocationFailure("ValidationException", `${target.Arn} is no target.`);
  return call;
}

/** Makes the call, where the role may. Throws `InvocationFailure` or the target's own refusal. */
export async function makeCall(scheduler: Scheduler, invocation: Invocation, call: TargetCall): Promise<void> {
  const { target, region } = invocation;
  if (call.permission !== undefined) {
    const denial = await tryFindDenial(scheduler, target.RoleArn!, call.permission, executionId(invocation));
    if (denial !== undefined) throw new InvocationFailure("AccessDeniedException", denial);
  }
  const answer = await (scheduler.cloud.call as AnyCall)(call.service, call.operation, call.input, { region }).catch(
    (error: unknown) => {
      // The attempt before this one came through, and nobody could say so.
      if (isAwsError(error, "ExecutionAlreadyExists")) return {};
      throw error;
    },
  );
  const entries = "Entries" in answer ? (answer.Entries as Entry[]) : [];
  const refused = entries.find((entry) => entry.ErrorCode);
  if (refused !== undefined) throw new InvocationFailure(refused.ErrorCode!, refused.ErrorMessage ?? "");
}

interface Entry {
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
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

export function isoSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
