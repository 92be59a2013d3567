import { isAwsError } from "../aws-error.ts";
import type { Cloud } from "../service.ts";
import { type Grantee, isGranted } from "./authority.ts";

/**
 * Whether the policy of a function, version or alias lets a service invoke it. A function that does not exist lets
 * no one.
 */
export async function mayInvokeFunction(cloud: Cloud, arn: string, grantee: Grantee): Promise<boolean> {
  try {
    return await isGranted(cloud, { arn, permission: { action: "lambda:InvokeFunction", resource: arn } }, grantee);
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException")) return false;
    throw error;
  }
}
