import { AwsError } from "../../../aws-error.ts";
import type { Cloud } from "../../../service.ts";

/** Refuses a service role that CloudFormation cannot assume. */
export async function requireServiceRole(cloud: Cloud, RoleArn: string | undefined, region: string): Promise<void> {
  if (RoleArn === undefined) return;
  const asked = { RoleArn, RoleSessionName: "AWSCloudFormation" };
  const as = { service: "cloudformation.amazonaws.com" };
  const denial = await cloud.findDenial("sts", "AssumeRole", asked, { region, as });
  if (denial !== undefined) throw new AwsError("ValidationError", `Role ${RoleArn} is invalid or cannot be assumed`);
}
