import type { DestinationConfig } from "@aws-sdk/client-lambda";
import type { ActingFor } from "../../../policy/caller.ts";
import type { Cloud } from "../../../service.ts";
import { invalidParameter } from "../errors.ts";
import type { FunctionSettings } from "../records.ts";
import type { FunctionRef } from "./names.ts";

/** An action that a setting needs, and Lambda's name for it in a refusal. */
interface Need {
  readonly action: string;
  readonly resource: string;
  readonly name: string;
}

/** A function's execution role, as Lambda acts in it for the function. */
export function actingRole({ Role = "" }: Pick<FunctionSettings, "Role">, functionName: string): ActingFor {
  return { roleArn: Role, sessionName: functionName, service: "lambda.amazonaws.com" };
}

/** Refuses a role that Lambda cannot assume, or that lacks what the settings need, when a function is made or changed. */
export async function requireRole(cloud: Cloud, ref: FunctionRef, settings: FunctionSettings): Promise<void> {
  const { region } = ref;
  const asked = { RoleArn: settings.Role, RoleSessionName: ref.name };
  const itself = { region, as: { service: "lambda.amazonaws.com" } };
  if ((await cloud.findDenial("sts", "AssumeRole", asked, itself)) !== undefined)
    throw invalidParameter("The role defined for the function cannot be assumed by Lambda.");
  const as = actingRole(settings, ref.name);
  for (const { name, ...permission } of needsOf(settings))
    if (cloud.findMissingPermission(permission, { region, as }) !== undefined)
      throw invalidParameter(`The provided execution role does not have permissions to call ${name}`);
}

const DESTINATION_ACTIONS: Readonly<Record<string, string>> = {
  sqs: "SendMessage",
  sns: "Publish",
  lambda: "InvokeFunction",
  events: "PutEvents",
  s3: "PutObject",
};

/** Refuses destinations that the function's role may not send results to. */
export function requireDestinations(
  cloud: Cloud,
  ref: FunctionRef,
  settings: FunctionSettings,
  config: DestinationConfig | undefined,
): void {
  const { region } = ref;
  const as = actingRole(settings, ref.name);
  for (const arn of [config?.OnSuccess?.Destination, config?.OnFailure?.Destination]) {
    const service = arn?.split(":")[2] ?? "";
    const name = DESTINATION_ACTIONS[service];
    if (arn === undefined || name === undefined) continue;
    const resource = service === "s3" ? `${arn}/*` : arn;
    if (cloud.findMissingPermission({ action: `${service}:${name}`, resource }, { region, as }) !== undefined)
      throw invalidParameter(`The function's execution role does not have permissions to call ${name} on ${arn}`);
  }
}

/** What the role must be allowed because of each setting; the words are those of reports about AWS. */
function needsOf({ TracingConfig, DeadLetterConfig, VpcConfig }: FunctionSettings): Need[] {
  const target = DeadLetterConfig?.TargetArn ?? "";
  const isInVpc = (VpcConfig?.SubnetIds?.length ?? 0) > 0;
  return [
    ...(isInVpc
      ? [{ action: "ec2:CreateNetworkInterface", resource: "*", name: "CreateNetworkInterface on EC2" }]
      : []),
    ...(target.includes(":sqs:") ? [{ action: "sqs:SendMessage", resource: target, name: "SendMessage on SQS" }] : []),
    ...(target.includes(":sns:") ? [{ action: "sns:Publish", resource: target, name: "Publish on SNS" }] : []),
    ...(TracingConfig?.Mode === "Active"
      ? [{ action: "xray:PutTraceSegments", resource: "*", name: "PutTraceSegments on XRAY" }]
      : []),
  ];
}
