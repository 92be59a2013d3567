import { mayInvokeFunction } from "../delivery/function-grant.ts";
import type { Cloud } from "../service.ts";
import type { LambdaTarget } from "./lambda-target.ts";

/**
 * Whether the function's own policy lets API Gateway invoke it for one of `sourceArns`. Without this permission AWS
 * answers 500, and so does the local cloud: an API that works here must not fail there.
 */
export async function mayInvoke(cloud: Cloud, target: LambdaTarget, sourceArns: readonly string[]): Promise<boolean> {
  const { functionArn, qualifier } = target;
  const arn = qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`;
  for (const sourceArn of sourceArns) {
    if (await mayInvokeFunction(cloud, arn, { service: "apigateway.amazonaws.com", sourceArn })) return true;
  }
  return false;
}
