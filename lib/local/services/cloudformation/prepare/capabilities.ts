import { getKnown } from "../../../../util/get-known.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RevisionPlan } from "../plan.ts";
import { isObject } from "../../../../template/is-object.ts";
import { type Template } from "../../../../template/template.ts";

/** IAM types, and the property that names what they make. */
const IAM_NAMES: ReadonlyMap<string, string> = new Map([
  ["AWS::IAM::AccessKey", ""],
  ["AWS::IAM::Group", "GroupName"],
  ["AWS::IAM::InstanceProfile", "InstanceProfileName"],
  ["AWS::IAM::ManagedPolicy", "ManagedPolicyName"],
  ["AWS::IAM::Policy", ""],
  ["AWS::IAM::Role", "RoleName"],
  ["AWS::IAM::User", "UserName"],
  ["AWS::IAM::UserToGroupAddition", ""],
]);

/** The capabilities that a template needs, and for which types, as `GetTemplateSummary` returns them. */
export function neededCapabilities(template: Template): { capabilities: string[]; types: string[] } {
  const iam = [...template.resources.values()].filter((resource) => IAM_NAMES.has(resource.type));
  const isNamed = iam.some((resource) => {
    const property = getKnown(IAM_NAMES, resource.type);
    return property !== "" && isObject(resource.properties) && Object.hasOwn(resource.properties, property);
  });
  const nested = [...template.resources.values()].some((resource) => resource.type === "AWS::CloudFormation::Stack");
  const capabilities = iam.length === 0 ? [] : [isNamed ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM"];
  const types = [...new Set(iam.map((resource) => resource.type))].sort();
  return nested ? { capabilities, types: [...types, "AWS::CloudFormation::Stack"] } : { capabilities, types };
}

/** Refuses in AWS's words when a capability that the template needs was not acknowledged. */
export function checkCapabilities(plan: RevisionPlan, given: readonly string[]): void {
  const [needed] = neededCapabilities(plan.template).capabilities;
  if (needed === undefined || given.includes("CAPABILITY_NAMED_IAM")) return;
  if (needed === "CAPABILITY_IAM" && given.includes("CAPABILITY_IAM")) return;
  throw new AwsError("InsufficientCapabilitiesException", `Requires capabilities : [${needed}]`);
}
