import { CfnResource, type Stack } from "aws-cdk-lib";

const PSEUDO_PARAMETERS: ReadonlySet<string> = new Set(["AWS::Partition", "AWS::Region", "AWS::AccountId"]);

/**
 * A resolved value as a text with placeholders that the deployer fills in: `${AWS::Region}` and its like, and
 * `${LogicalId}` for the physical id of a resource that `isKnown`. Undefined where only CloudFormation can tell what it is.
 */
export function tryRenderText(
  value: unknown,
  isKnown: (logicalId: string) => boolean = () => false,
): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const { Ref: name, "Fn::Join": join } = value as { Ref?: string; "Fn::Join"?: [string, unknown[]] };
  if (name !== undefined) return PSEUDO_PARAMETERS.has(name) || isKnown(name) ? `\${${name}}` : undefined;
  const parts = join?.[1].map((part) => tryRenderText(part, isKnown));
  return parts === undefined || parts.includes(undefined) ? undefined : parts.join(join?.[0]);
}

/** Whether a stack has a resource of this logical id. */
export function hasResource(stack: Stack, logicalId: string): boolean {
  return stack.node
    .findAll()
    .some((one) => CfnResource.isCfnResource(one) && one.stack === stack && stack.resolve(one.logicalId) === logicalId);
}
