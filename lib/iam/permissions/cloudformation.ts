import { passRole } from "./pass-role.ts";
import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { textOf, textsOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const findCloudformationPermissions: FindPermissions = (operation, input, place) => {
  // A stack's resources signal it with a presigned URL or their own id, and a stack's own outputs are read by CloudFormation.
  const permission = {
    action: `cloudformation:${operation}`,
    resource: resourceOf(input, place),
    facts: { ...factsOf(input), ...tagFacts(input) },
  };
  // Stacks are described without a name by who may list them.
  const isListing = operation === "DescribeStacks" && permission.resource === "*";
  const listing = isListing ? [{ ...permission, action: "cloudformation:ListStacks" }] : [];
  return [permission, ...listing, ...passRole(textOf(input, "RoleARN"), "cloudformation.amazonaws.com")];
};

/** A stack that is named without its id is authorised as `stack/<name>/*`. */
function resourceOf(input: RequestInput, { account, region }: Place): string {
  const named = textOf(input, "StackName", "StackId") ?? stackOfChangeSet(textOf(input, "ChangeSetName"));
  if (named === undefined) return "*";
  return named.startsWith("arn:") ? named : `arn:aws:cloudformation:${region}:${account}:stack/${named}/*`;
}

/** A change set is named by its ARN alone, or within a stack. */
function stackOfChangeSet(changeSet: string | undefined): string | undefined {
  return changeSet?.startsWith("arn:") ? changeSet : undefined;
}

function factsOf(input: RequestInput): Record<string, readonly string[]> {
  const role = textOf(input, "RoleARN");
  const templateUrl = textOf(input, "TemplateURL");
  const changeSet = textOf(input, "ChangeSetName");
  const types = textsOf(input, "ResourceTypes");
  return {
    ...(role !== undefined && { "cloudformation:rolearn": [role] }),
    ...(templateUrl !== undefined && { "cloudformation:templateurl": [templateUrl] }),
    ...(changeSet !== undefined && { "cloudformation:changesetname": [changeSet.split("/")[1] ?? changeSet] }),
    ...(types.length > 0 && { "cloudformation:resourcetypes": types }),
  };
}
