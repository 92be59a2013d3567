import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { patientClient, patiently } from "../aws/patient-client.ts";
import type { AssemblyStack } from "../assembly/assembly.ts";
import { assumeRole, type Target } from "./target.ts";

/** The CloudFormation clients of one stack, by who is allowed to make a call: `lib/aws/aws-calls.ts` says which. */
export interface StackClients {
  /** As the bootstrap's deploy role, or as the caller where the stack names no role or it cannot be assumed. */
  readonly deployRole: CloudFormationClient;
  /** As the caller, in the stack's region. */
  readonly caller: CloudFormationClient;
}

/**
 * Connects to CloudFormation for a stack. `target` is already that of the stack's region. Calls fail at once, so that a
 * caller with more urgent work can continue without the stack.
 */
export async function stackClients(
  target: Target,
  { assumeRoleArn }: Pick<AssemblyStack, "assumeRoleArn">,
): Promise<StackClients> {
  const role = await assumeRole(target, assumeRoleArn);
  const [deployRole, caller] = await Promise.all([role.client("cloudformation"), target.aws.client("cloudformation")]);
  return { deployRole, caller };
}

/**
 * The same for staging and finalising, whose calls wait for short outages to pass: CloudFormation continues meanwhile.
 */
export async function patientStackClients(
  target: Target,
  { assumeRoleArn }: Pick<AssemblyStack, "assumeRoleArn">,
): Promise<StackClients> {
  const role = await patiently(() => assumeRole(target, assumeRoleArn), target);
  const [deployRole, caller] = await Promise.all([
    patientClient(role, "cloudformation", target),
    patientClient(target.aws, "cloudformation", target),
  ]);
  return { deployRole, caller };
}
