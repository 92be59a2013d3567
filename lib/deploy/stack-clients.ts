import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { AssemblyStack } from "../assembly/assembly.ts";
import { assumeRole, type Target } from "./target.ts";

/** The CloudFormation clients of one stack, by who is allowed to make a call: `lib/aws/aws-calls.ts` says which. */
export interface StackClients {
  /** As the bootstrap's deploy role, or as the caller where the stack names no role or it cannot be assumed. */
  readonly deployRole: CloudFormationClient;
  /** As the caller, in the stack's region. */
  readonly caller: CloudFormationClient;
}

/** Connects to CloudFormation for a stack. `target` is already that of the stack's region. */
export async function stackClients(
  target: Target,
  { assumeRoleArn }: Pick<AssemblyStack, "assumeRoleArn">,
): Promise<StackClients> {
  const role = await assumeRole(target, assumeRoleArn);
  const [deployRole, caller] = await Promise.all([role.client("cloudformation"), target.aws.client("cloudformation")]);
  return { deployRole, caller };
}
