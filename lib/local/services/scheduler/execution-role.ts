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
