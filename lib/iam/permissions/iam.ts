import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const findIamPermissions: FindPermissions = (operation, input, place) => [
  {
    action: `iam:${operation}`,
    resource: resourceOf(operation, input, place),
    facts: { ...factsOf(operation, input), ...tagFacts(input) },
  },
];

function resourceOf(operation: string, input: RequestInput, place: Place): string {
  const simulated = textOf(input, "PolicySourceArn");
  if (simulated !== undefined) return simulated;
  for (const [member, kind] of NAMED) {
    const name = textOf(input, member);
    if (name !== undefined) return identityArn(kind, name, input, place);
  }
  if (operation === "CreatePolicy") return identityArn("policy", textOf(input, "PolicyName") ?? "", input, place);
  return textOf(input, "PolicyArn", "OpenIDConnectProviderArn") ?? "*";
}

const NAMED = [
  ["InstanceProfileName", "instance-profile"],
  ["RoleName", "role"],
  ["UserName", "user"],
  ["GroupName", "group"],
] as const;

/** The path of what exists is not in the request; of what is made it is. */
function identityArn(kind: string, name: string, input: RequestInput, place: Place): string {
  return place.findResource?.(input) ?? `arn:aws:iam::${place.account}:${kind}${textOf(input, "Path") ?? "/"}${name}`;
}

function factsOf(operation: string, input: RequestInput): Record<string, readonly string[]> {
  const policy = textOf(input, "PolicyArn");
  const boundary = textOf(input, "PermissionsBoundary");
  const service = textOf(input, "AWSServiceName");
  return {
    ...(/^(Attach|Detach)/.test(operation) && policy !== undefined && { "iam:policyarn": [policy] }),
    ...(boundary !== undefined && { "iam:permissionsboundary": [boundary] }),
    ...(service !== undefined && { "iam:awsservicename": [service] }),
  };
}
