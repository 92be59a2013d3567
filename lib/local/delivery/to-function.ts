import { isAwsError } from "../aws-error.ts";
import { readArn } from "../kit/arn.ts";
import type { Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";

/** What a function receives. */
export interface FunctionMessage {
  /** The event, JSON text. */
  readonly payload: string;
}

/** Invokes a function, version or alias asynchronously: the function's own queue retries it. */
export function toFunction(cloud: Cloud, arn: string, { payload }: FunctionMessage): TargetCall {
  const input = { FunctionName: arn, InvocationType: "Event" as const, Payload: Buffer.from(payload) };
  return {
    arn,
    service: "lambda",
    operation: "Invoke",
    input,
    permission: { action: "lambda:InvokeFunction", resource: arn },
    send: (context) => cloud.call("lambda", "Invoke", input, { region: readArn(arn).region, ...context }),
  };
}

/**
 * The policy of the function, version or alias that an ARN names; undefined where it has none. Throws Lambda's refusal
 * where the function does not exist.
 */
export async function findFunctionPolicy(cloud: Cloud, arn: string): Promise<string | undefined> {
  const { region, resource } = readArn(arn);
  const [, FunctionName = "", Qualifier] = resource.split(":");
  const input = { FunctionName, ...(Qualifier !== undefined && { Qualifier }) };
  try {
    return (await cloud.call("lambda", "GetPolicy", input, { region })).Policy;
  } catch (error) {
    if (!isAwsError(error, "ResourceNotFoundException")) throw error;
    // Lambda answers the same for a function without a policy and for no function.
    await cloud.call("lambda", "GetFunctionConfiguration", input, { region });
    return undefined;
  }
}
