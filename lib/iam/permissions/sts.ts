import type { FindPermissions, Permission, RequestInput } from "./permission.ts";
import { structuresOf, textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** Operations that every caller may call, regardless of its policies. */
const FREE = new Set(["GetCallerIdentity", "GetSessionToken", "GetAccessKeyInfo"]);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export const findStsPermissions: FindPermissions = (operation, input, { account }) => {
  if (FREE.has(operation)) return [];
  if (operation === "GetFederationToken") {
    return [
      { action: "sts:GetFederationToken", resource: `arn:aws:sts::${account}:federated-user/${textOf(input, "Name")}` },
    ];
  }
  const resource = textOf(input, "RoleArn") ?? "*";
  // STS refuses a text that is not a role's ARN before it evaluates policies.
  if (operation.startsWith("AssumeRole") && !/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(resource)) return [];
  const facts = factsOf(input);
  const further: Permission[] = [];
  if (structuresOf(input, "Tags").length > 0) further.push({ action: "sts:TagSession", resource, facts });
  if (textOf(input, "SourceIdentity")) further.push({ action: "sts:SetSourceIdentity", resource, facts });
  return [{ action: `sts:${operation}`, resource, facts }, ...further];
};

function factsOf(input: RequestInput): Record<string, readonly string[]> {
  const externalId = textOf(input, "ExternalId");
  const sourceIdentity = textOf(input, "SourceIdentity");
  const session = textOf(input, "RoleSessionName");
  return {
    ...tagFacts(input),
    ...(externalId !== undefined && { "sts:externalid": [externalId] }),
    ...(sourceIdentity !== undefined && { "sts:sourceidentity": [sourceIdentity] }),
    ...(session !== undefined && { "sts:rolesessionname": [session] }),
  };
}
