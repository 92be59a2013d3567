import { isAwsError } from "../../aws-error.ts";
import { grantsService } from "../../policy/service-grant.ts";
import { invalid } from "./errors.ts";
import { groupArn, type Scheduler } from "./context.ts";

/** Who acts for a schedule, and where. */
interface Actor {
  readonly roleArn: string;
  readonly region: string;
  readonly group: string;
}

/** What a schedule does with a resource. */
export interface Permission {
  /** For example `sqs:SendMessage`. */
  readonly action: string;
  readonly resource: string;
}

/**
 * Refuses a role that does not let the Scheduler in. The source that it names is the schedule's group:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
export async function requireTrust(scheduler: Scheduler, { roleArn, region, group }: Actor): Promise<void> {
  const document = await tryFindTrust(scheduler, roleArn);
  const isTrusted = grantsService(document, {
    service: "scheduler.amazonaws.com",
    action: "sts:AssumeRole",
    resource: roleArn,
    sourceArn: groupArn(scheduler, region, group),
    sourceAccount: scheduler.cloud.account,
  });
  if (!isTrusted)
    throw invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
}

/** Why the role may not do something, in IAM's words; undefined where it may. */
export async function tryFindDenial(
  { cloud }: Scheduler,
  roleArn: string,
  { action, resource }: Permission,
  session: string,
): Promise<string | undefined> {
  const role = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  const who = `User: arn:${cloud.partition}:sts::${cloud.account}:assumed-role/${role}/${session}`;
  const denied = `${who} is not authorized to perform: ${action} on resource: ${resource}`;
  const asked = { PolicySourceArn: roleArn, ActionNames: [action], ResourceArns: [resource] };
  try {
    const { EvaluationResults = [] } = await cloud.call("iam", "SimulatePrincipalPolicy", asked);
    const decision = EvaluationResults[0]?.EvalDecision;
    if (decision === "allowed") return undefined;
    if (decision === "explicitDeny") return `${denied} with an explicit deny in an identity-based policy`;
    return `${denied} because no identity-based policy allows the ${action} action`;
  } catch (error) {
    if (isAwsError(error)) return `${denied}: ${error.message}`;
    throw error;
  }
}

async function tryFindTrust({ cloud }: Scheduler, roleArn: string): Promise<string | undefined> {
  try {
    const RoleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
    const { Role } = await cloud.call("iam", "GetRole", { RoleName });
    return Role?.Arn === roleArn ? decodeURIComponent(Role.AssumeRolePolicyDocument ?? "") : undefined;
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}
