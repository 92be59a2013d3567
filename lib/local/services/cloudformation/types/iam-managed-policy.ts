import { isAwsError } from "../../../aws-error.ts";
import { documentText } from "./iam-role.ts";
import type { Properties, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { sameValue, tolerate } from "./tolerate.ts";

const GONE = "NoSuchEntityException";

/** AWS::IAM::ManagedPolicy */
export const iamManagedPolicy = resource("AWS::IAM::ManagedPolicy", {
  async create(desired, context) {
    const PolicyName = desired.ManagedPolicyName ?? context.name({ maxLength: 128 });
    const arn = await createOrAdopt(PolicyName, desired, context);
    await attach(arn, {}, desired, context);
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },
  async update(desired, current, context) {
    const arn = current.physicalId;
    if (!sameValue(desired.PolicyDocument, current.properties.PolicyDocument)) await newVersion(arn, desired, context);
    await attach(arn, current.properties, desired, context);
    return current;
  },
  async delete(current, context) {
    await attach(current.physicalId, current.properties, {}, context);
    await dropOldVersions(current.physicalId, context);
    await tolerate(context.call("iam", "DeletePolicy", { PolicyArn: current.physicalId }), GONE);
  },
});

async function createOrAdopt(
  PolicyName: string,
  desired: PropertiesOf<"AWS::IAM::ManagedPolicy">,
  context: ResourceContext,
): Promise<string> {
  const path = desired.Path ?? "/";
  try {
    const made = await context.call("iam", "CreatePolicy", {
      PolicyName,
      Path: path,
      Description: desired.Description,
      PolicyDocument: documentText(desired.PolicyDocument),
    });
    return String(made.Policy?.Arn);
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "EntityAlreadyExistsException")) throw error;
    return `arn:aws:iam::${context.account}:policy${path}${PolicyName}`;
  }
}

async function newVersion(PolicyArn: string, desired: Properties, context: ResourceContext): Promise<void> {
  await dropOldVersions(PolicyArn, context);
  await context.call("iam", "CreatePolicyVersion", {
    PolicyArn,
    PolicyDocument: documentText(desired.PolicyDocument),
    SetAsDefault: true,
  });
}

/** A policy has room for five versions; only the one in force counts. */
async function dropOldVersions(PolicyArn: string, context: ResourceContext): Promise<void> {
  const found = await tolerate(context.call("iam", "ListPolicyVersions", { PolicyArn }), GONE);
  for (const { VersionId = "", IsDefaultVersion } of found?.Versions ?? []) {
    if (!IsDefaultVersion) await context.call("iam", "DeletePolicyVersion", { PolicyArn, VersionId });
  }
}

async function attach(
  PolicyArn: string,
  before: Properties,
  desired: Properties,
  context: ResourceContext,
): Promise<void> {
  const names = (properties: Properties, holder: string) => (properties[holder] as string[] | undefined) ?? [];
  const fresh = (holder: string) => names(desired, holder).filter((name) => !names(before, holder).includes(name));
  const stale = (holder: string) => names(before, holder).filter((name) => !names(desired, holder).includes(name));
  for (const RoleName of fresh("Roles")) await context.call("iam", "AttachRolePolicy", { PolicyArn, RoleName });
  for (const UserName of fresh("Users")) await context.call("iam", "AttachUserPolicy", { PolicyArn, UserName });
  for (const GroupName of fresh("Groups")) await context.call("iam", "AttachGroupPolicy", { PolicyArn, GroupName });
  for (const RoleName of stale("Roles"))
    await tolerate(context.call("iam", "DetachRolePolicy", { PolicyArn, RoleName }), GONE);
  for (const UserName of stale("Users"))
    await tolerate(context.call("iam", "DetachUserPolicy", { PolicyArn, UserName }), GONE);
  for (const GroupName of stale("Groups"))
    await tolerate(context.call("iam", "DetachGroupPolicy", { PolicyArn, GroupName }), GONE);
}

/** AWS::IAM::InstanceProfile */
export const iamInstanceProfile = resource("AWS::IAM::InstanceProfile", {
  async create(desired, context) {
    const InstanceProfileName = desired.InstanceProfileName ?? context.name({ maxLength: 128 });
    const Path = desired.Path;
    const call = context.call("iam", "CreateInstanceProfile", { InstanceProfileName, Path });
    const made = context.resumed ? await tolerate(call, "EntityAlreadyExistsException") : await call;
    await setRoles(InstanceProfileName, [], desired.Roles, context);
    const arn =
      made?.InstanceProfile?.Arn ??
      `arn:aws:iam::${context.account}:instance-profile${Path ?? "/"}${InstanceProfileName}`;
    return { physicalId: InstanceProfileName, attributes: { Arn: arn } };
  },
  async update(desired, current, context) {
    await setRoles(current.physicalId, current.properties.Roles, desired.Roles, context);
    return current;
  },
  async delete(current, context) {
    await setRoles(current.physicalId, current.properties.Roles, [], context);
    await tolerate(context.call("iam", "DeleteInstanceProfile", { InstanceProfileName: current.physicalId }), GONE);
  },
});

async function setRoles(
  InstanceProfileName: string,
  before: unknown,
  desired: unknown,
  context: ResourceContext,
): Promise<void> {
  const old = (before as string[] | undefined) ?? [];
  const wanted = (desired as string[] | undefined) ?? [];
  for (const RoleName of old) {
    if (wanted.includes(RoleName)) continue;
    await tolerate(context.call("iam", "RemoveRoleFromInstanceProfile", { InstanceProfileName, RoleName }), GONE);
  }
  for (const RoleName of wanted) {
    if (old.includes(RoleName)) continue;
    await tolerate(
      context.call("iam", "AddRoleToInstanceProfile", { InstanceProfileName, RoleName }),
      context.resumed ? "LimitExceededException" : "",
    );
  }
}
