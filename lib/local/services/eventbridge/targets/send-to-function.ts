import { isAwsError } from "../../../aws-error.ts";
import { grantsService } from "../../../policy/service-grant.ts";
import type { Delivery } from "./deliveries.ts";
import type { Events } from "../context.ts";
import { inRole } from "./in-role.ts";
import { notPermitted } from "./send-to-queue.ts";
import { readTargetArn } from "./target-kind.ts";

/** Hands the input to a function, version or alias, which runs it in its own time. */
export async function sendToFunction(events: Events, delivery: Delivery, input: string): Promise<void> {
  const arn = delivery.target.Arn!;
  const { region, name } = readTargetArn(arn);
  const [, functionName = "", qualifier] = name.split(":");
  // A rule that has a role of its own for the target needs no grant by the function.
  if (delivery.target.RoleArn === undefined) {
    const isGranted = grantsService(await findPolicy(events, region, functionName, qualifier), {
      service: "events.amazonaws.com",
      action: "lambda:InvokeFunction",
      resource: arn,
      sourceArn: delivery.ruleArn,
      sourceAccount: events.cloud.account,
    });
    if (!isGranted) throw notPermitted(`invoke ${arn} for ${delivery.ruleArn}`, "lambda:InvokeFunction");
  }
  await events.cloud.call(
    "lambda",
    "Invoke",
    { FunctionName: arn, InvocationType: "Event", Payload: Buffer.from(input) },
    inRole(delivery),
  );
}

async function findPolicy(
  { cloud }: Events,
  region: string,
  FunctionName: string,
  Qualifier: string | undefined,
): Promise<string | undefined> {
  const input = { FunctionName, ...(Qualifier !== undefined && { Qualifier }) };
  try {
    return (await cloud.call("lambda", "GetPolicy", input, { region })).Policy;
  } catch (error) {
    if (!isAwsError(error, "ResourceNotFoundException")) throw error;
    // The function itself may be what is missing: then say that.
    await cloud.call("lambda", "GetFunctionConfiguration", input, { region });
    return undefined;
  }
}
