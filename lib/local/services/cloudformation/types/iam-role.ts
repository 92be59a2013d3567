import { isAwsError } from "../../../aws-error.ts";
import type { PhysicalResource, Properties, ResourceContext, ResourceType } from "./resource-type.ts";
import { sameValue, tolerate } from "./tolerate.ts";
import { textOf } from "../../../../template/text.ts";

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

/** AWS::IAM::Role with its inline and attached policies. */
export const iamRole: ResourceType = {
  type: "AWS::IAM::Role",
  tagging: {
    set: (current, tags, context) => context.call("iam", "TagRole", { RoleName: current.physicalId, Tags: [...tags] }),
    remove: (current, TagKeys, context) => context.call("iam", "UntagRole", { RoleName: current.physicalId, TagKeys }),
  },
  async create(desired, context) {
    const RoleName = (desired.RoleName as string | undefined) ?? context.name({ maxLength: 64 });
    const role = await createOrAdopt(RoleName, desired, context);
    await applyAttached(RoleName, [], attachedArns(desired), context);
    await applyInline(RoleName, [], inlinePolicies(desired), context);
    return role;
  },
  async update(desired, current, context) {
    const RoleName = current.physicalId;
    const before = current.properties;
    if (!sameValue(before.AssumeRolePolicyDocument, desired.AssumeRolePolicyDocument)) {
      await context.call("iam", "UpdateAssumeRolePolicy", {
        RoleName,
        PolicyDocument: documentText(desired.AssumeRolePolicyDocument),
      });
    }
    await updateSettings(RoleName, desired, before, context);
    await applyAttached(RoleName, attachedArns(before), attachedArns(desired), context);
    await applyInline(RoleName, inlinePolicies(before), inlinePolicies(desired), context);
    return current;
  },
  async delete(current, context) {
    const RoleName = current.physicalId;
    await applyAttached(RoleName, attachedArns(current.properties), [], context);
    await applyInline(RoleName, inlinePolicies(current.properties), [], context);
    await tolerate(context.call("iam", "DeleteRole", { RoleName }), "NoSuchEntityException");
  },
};

/** A policy document as the API takes it: text. */
export function documentText(document: unknown): string {
  return typeof document === "string" ? document : JSON.stringify(document);
}

function attachedArns(properties: Properties): string[] {
  return (properties.ManagedPolicyArns as string[] | undefined) ?? [];
}

function inlinePolicies(properties: Properties): InlinePolicy[] {
  return (properties.Policies as InlinePolicy[] | undefined) ?? [];
}

async function createOrAdopt(
  RoleName: string,
  desired: Properties,
  context: ResourceContext,
): Promise<PhysicalResource> {
  try {
    const made = await context.call("iam", "CreateRole", {
      RoleName,
      AssumeRolePolicyDocument: documentText(desired.AssumeRolePolicyDocument),
      Path: desired.Path as string | undefined,
      Description: desired.Description as string | undefined,
      MaxSessionDuration: desired.MaxSessionDuration as number | undefined,
      PermissionsBoundary: desired.PermissionsBoundary as string | undefined,
      Tags: context.plainTags(desired.Tags),
    });
    return physical(RoleName, made.Role);
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "EntityAlreadyExistsException")) throw error;
    return physical(RoleName, (await context.call("iam", "GetRole", { RoleName })).Role);
  }
}

function physical(name: string, role: { Arn?: string; RoleId?: string } | undefined): PhysicalResource {
  return { physicalId: name, attributes: { Arn: role?.Arn, RoleId: role?.RoleId } };
}

async function updateSettings(
  RoleName: string,
  desired: Properties,
  before: Properties,
  context: ResourceContext,
): Promise<void> {
  if (!sameValue(before.Description, desired.Description) || before.MaxSessionDuration !== desired.MaxSessionDuration) {
    await context.call("iam", "UpdateRole", {
      RoleName,
      Description: (desired.Description as string | undefined) ?? "",
      MaxSessionDuration: (desired.MaxSessionDuration as number | undefined) ?? 3600,
    });
  }
  if (before.PermissionsBoundary === desired.PermissionsBoundary) return;
  if (desired.PermissionsBoundary === undefined)
    await context.call("iam", "DeleteRolePermissionsBoundary", { RoleName });
  else {
    await context.call("iam", "PutRolePermissionsBoundary", {
      RoleName,
      PermissionsBoundary: textOf(desired.PermissionsBoundary),
    });
  }
}

async function applyAttached(
  RoleName: string,
  before: string[],
  after: string[],
  context: ResourceContext,
): Promise<void> {
  for (const PolicyArn of after) {
    if (!before.includes(PolicyArn)) await context.call("iam", "AttachRolePolicy", { RoleName, PolicyArn });
  }
  for (const PolicyArn of before) {
    if (after.includes(PolicyArn)) continue;
    await tolerate(context.call("iam", "DetachRolePolicy", { RoleName, PolicyArn }), "NoSuchEntityException");
  }
}

async function applyInline(
  RoleName: string,
  before: InlinePolicy[],
  after: InlinePolicy[],
  context: ResourceContext,
): Promise<void> {
  for (const policy of after) {
    if (before.some((old) => sameValue(old, policy))) continue;
    await context.call("iam", "PutRolePolicy", {
      RoleName,
      PolicyName: policy.PolicyName,
      PolicyDocument: documentText(policy.PolicyDocument),
    });
  }
  for (const { PolicyName } of before) {
    if (after.some((policy) => policy.PolicyName === PolicyName)) continue;
    await tolerate(context.call("iam", "DeleteRolePolicy", { RoleName, PolicyName }), "NoSuchEntityException");
  }
}
