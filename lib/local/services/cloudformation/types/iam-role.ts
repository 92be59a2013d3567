import { isAwsError } from "../../../aws-error.ts";
import type { PhysicalResource, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { sameValue, tolerate } from "./tolerate.ts";
import { textOf } from "../../../../template/text.ts";

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

/** AWS::IAM::Role with its inline and attached policies. */
export const iamRole = resource("AWS::IAM::Role", {
  tagging: {
    set: (current, tags, context) => context.call("iam", "TagRole", { RoleName: current.physicalId, Tags: [...tags] }),
    remove: (current, TagKeys, context) => context.call("iam", "UntagRole", { RoleName: current.physicalId, TagKeys }),
  },
  async create(desired, context) {
    const RoleName = desired.RoleName ?? context.name({ maxLength: 64 });
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
});

/** A policy document as the API takes it: text. */
export function documentText(document: unknown): string {
  return typeof document === "string" ? document : JSON.stringify(document);
}

function attachedArns(properties: PropertiesOf<"AWS::IAM::Role">): readonly string[] {
  return properties.ManagedPolicyArns ?? [];
}

function inlinePolicies(properties: PropertiesOf<"AWS::IAM::Role">): readonly InlinePolicy[] {
  return properties.Policies ?? [];
}

async function createOrAdopt(
  RoleName: string,
  desired: PropertiesOf<"AWS::IAM::Role">,
  context: ResourceContext,
): Promise<PhysicalResource> {
  try {
    const made = await context.call("iam", "CreateRole", {
      RoleName,
      AssumeRolePolicyDocument: documentText(desired.AssumeRolePolicyDocument),
      Path: desired.Path,
      Description: desired.Description,
      MaxSessionDuration: desired.MaxSessionDuration,
      PermissionsBoundary: desired.PermissionsBoundary,
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
  desired: PropertiesOf<"AWS::IAM::Role">,
  before: PropertiesOf<"AWS::IAM::Role">,
  context: ResourceContext,
): Promise<void> {
  if (!sameValue(before.Description, desired.Description) || before.MaxSessionDuration !== desired.MaxSessionDuration) {
    await context.call("iam", "UpdateRole", {
      RoleName,
      Description: desired.Description ?? "",
      MaxSessionDuration: desired.MaxSessionDuration ?? 3600,
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
  before: readonly string[],
  after: readonly string[],
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
  before: readonly InlinePolicy[],
  after: readonly InlinePolicy[],
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
