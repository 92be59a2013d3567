import type { Delivery } from "../records.ts";
import { type Authority, byPolicy } from "../../../delivery/authority.ts";
import { DeliveryFailure } from "../../../delivery/failure.ts";
import type { ActingFor } from "../../../policy/caller.ts";
import type { Events } from "../context.ts";

const SERVICE = "events.amazonaws.com";

/** What EventBridge does with a target, as its refusals say it. */
const DEEDS: Readonly<Record<string, string>> = {
  "lambda:InvokeFunction": "invoke",
  "sqs:SendMessage": "send messages to",
  "sns:Publish": "publish on",
};

/** EventBridge acts for itself: the target's own policy has to allow it, in the same account too. */
export function byResourcePolicy({ cloud }: Events, { ruleArn }: Delivery): Authority {
  return byPolicy(cloud, { service: SERVICE, sourceArn: ruleArn }, ({ arn, permission: { action } }) => {
    const what = `${DEEDS[action] ?? "reach"} ${arn} for ${ruleArn}`;
    return new DeliveryFailure(
      "NO_PERMISSIONS",
      `${SERVICE} may not ${what}. Allow it ${action} in the resource's policy.`,
    );
  });
}

/** The role that the rule gives EventBridge for the target; undefined where it gives none. */
export function targetRole({ target, ruleArn }: Delivery): ActingFor | undefined {
  if (target.RoleArn === undefined) return undefined;
  const sessionName = ruleArn.slice(ruleArn.lastIndexOf("/") + 1).slice(0, 64);
  return { roleArn: target.RoleArn, sessionName, service: SERVICE, sourceArn: ruleArn };
}
