import type { ActingFor } from "../policy/caller.ts";
import { grantsService } from "../policy/service-grant.ts";
import type { CallContext, Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";
import { targetKind, type TargetKind } from "./target-kind.ts";
import { findFunctionPolicy } from "./to-function.ts";
import { findQueuePolicy } from "./to-queue.ts";
import { findTopicPolicy } from "./to-topic.ts";

/** Decides whether a delivery is allowed, and for whom its call is made. Throws its refusal. */
export type Authority = (call: Pick<TargetCall, "arn" | "permission">) => Promise<Pick<CallContext, "as">>;

/** A service that targets' own policies have to allow. */
export interface Grantee {
  /** For example `events.amazonaws.com`. */
  readonly service: string;
  /** The ARN of the resource on whose behalf the service delivers. */
  readonly sourceArn: string;
  /** The service also names the source's account by the older key, `aws:SourceOwner`. */
  readonly tellsOwner?: boolean;
}

/** The kinds of targets that have a policy of their own. */
const POLICIES: { readonly [K in TargetKind]?: (cloud: Cloud, arn: string) => Promise<string | undefined> } = {
  function: findFunctionPolicy,
  queue: findQueuePolicy,
  topic: findTopicPolicy,
};

/** Whether a target's own policy allows a service to deliver. Throws the target's refusal where it does not exist. */
export async function isGranted(
  cloud: Cloud,
  { arn, permission }: Pick<TargetCall, "arn" | "permission">,
  grantee: Grantee,
): Promise<boolean> {
  const kind = targetKind(arn);
  const findPolicy = kind === undefined ? undefined : POLICIES[kind];
  if (findPolicy === undefined) return false;
  return grantsService(await findPolicy(cloud, arn), { ...permission, ...grantee, sourceAccount: cloud.account });
}

/** The service acts for itself: the target's own policy has to allow it. `refuse` words the refusal. */
export function byPolicy(cloud: Cloud, grantee: Grantee, refuse: (call: Parameters<Authority>[0]) => Error): Authority {
  return async (call) => {
    if (!(await isGranted(cloud, call, grantee))) throw refuse(call);
    return {};
  };
}

/** The service acts in a role, whose policies decide when the call is made. */
export function inRole(acting: ActingFor): Authority {
  return async () => ({ as: acting });
}

/** The service needs no permission: it was checked when the delivery was set up, or AWS asks for none. */
export const trusted: Authority = async () => ({});
