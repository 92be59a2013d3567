import type { CallContext } from "../../../service.ts";
import type { Delivery } from "./deliveries.ts";
import { readTargetArn } from "./target-kind.ts";

/** A call of a target in the role that the rule gives it; without a role EventBridge acts for itself. */
export function inRole({ target, ruleArn }: Delivery): CallContext {
  const { region } = readTargetArn(target.Arn ?? "");
  if (target.RoleArn === undefined) return { region };
  const sessionName = ruleArn.slice(ruleArn.lastIndexOf("/") + 1).slice(0, 64);
  const as = { roleArn: target.RoleArn, sessionName, service: "events.amazonaws.com", sourceArn: ruleArn };
  return { region, as };
}
