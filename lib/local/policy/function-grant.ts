import { isAwsError } from "../aws-error.ts";
import type { Cloud } from "../service.ts";
import { grantsService } from "./service-grant.ts";

/** Whether a function's own policy (that of the alias or version that its ARN names) lets a service invoke it. */
export async function mayInvokeFunction(
  cloud: Cloud,
  functionArn: string,
  caller: { readonly service: string; readonly sourceArn: string },
): Promise<boolean> {
  return grantsService(await findPolicy(cloud, functionArn), {
    ...caller,
    action: "lambda:InvokeFunction",
    resource: functionArn,
    sourceAccount: cloud.account,
  });
}

async function findPolicy(cloud: Cloud, functionArn: string): Promise<string | undefined> {
  const [, , , region = "", , , FunctionName = "", Qualifier] = functionArn.split(":");
  try {
    const input = { FunctionName, ...(Qualifier !== undefined && { Qualifier }) };
    return (await cloud.call("lambda", "GetPolicy", input, { region })).Policy;
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}
