import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../service.ts";
import type { MachineSettings } from "./records.ts";

/** Refuses a role that Step Functions cannot assume, or that may not deliver the log which the settings ask for. */
export async function requireRole(
  cloud: Cloud,
  { arn, region }: { readonly arn: string; readonly region: string },
  { roleArn, loggingConfiguration }: MachineSettings,
): Promise<void> {
  const service = "states.amazonaws.com";
  const as = { roleArn, sessionName: "states", service, sourceArn: arn };
  const asked = { RoleArn: roleArn, RoleSessionName: "states" };
  const denial = await cloud.findDenial("sts", "AssumeRole", asked, { region, as: { service, sourceArn: arn } });
  if (denial !== undefined) {
    const refusal = `Neither the global service principal ${service}, nor the regional one is authorized to assume the provided role.`;
    throw new AwsError("AccessDeniedException", refusal);
  }
  if (loggingConfiguration.level === "OFF") return;
  // Of the actions that log delivery takes (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html) the first.
  const delivery = { action: "logs:CreateLogDelivery", resource: "*" };
  if (cloud.findMissingPermission(delivery, { region, as }) === undefined) return;
  throw new AwsError(
    "AccessDeniedException",
    "The state machine IAM Role is not authorized to access the Log Destination",
  );
}
