import { documentText } from "./iam-role.ts";
import type { Properties, ResourceContext } from "./resource-type.ts";
import { resource } from "./resource.ts";
import { tolerate } from "./tolerate.ts";

/** Whom an inline policy is put on. */
const HOLDERS = ["Roles", "Users", "Groups"] as const;
type Holder = (typeof HOLDERS)[number];

/** AWS::IAM::Policy: one inline policy, put on roles, users and groups. */
export const iamPolicy = resource("AWS::IAM::Policy", {
  validate: (desired) =>
    HOLDERS.some((holder) => names(desired, holder).length > 0)
      ? []
      : ["At least one of [Groups,Roles,Users] must be non-empty."],
  async create(desired, context) {
    const id = context.name({ maxLength: 25 });
    for (const holder of HOLDERS) for (const name of names(desired, holder)) await put(holder, name, desired, context);
    return { physicalId: id, attributes: { Id: id } };
  },
  async update(desired, current, context) {
    for (const holder of HOLDERS) for (const name of names(desired, holder)) await put(holder, name, desired, context);
    const isRenamed = desired.PolicyName !== current.properties.PolicyName;
    for (const holder of HOLDERS) {
      for (const name of names(current.properties, holder)) {
        if (isRenamed || !names(desired, holder).includes(name))
          await remove(holder, name, current.properties, context);
      }
    }
    return current;
  },
  async delete(current, context) {
    for (const holder of HOLDERS) {
      for (const name of names(current.properties, holder)) await remove(holder, name, current.properties, context);
    }
  },
});

function names(properties: Properties, holder: Holder): string[] {
  return (properties[holder] as string[] | undefined) ?? [];
}

async function put(holder: Holder, name: string, properties: Properties, context: ResourceContext): Promise<void> {
  const policy = { PolicyName: String(properties.PolicyName), PolicyDocument: documentText(properties.PolicyDocument) };
  if (holder === "Roles") await context.call("iam", "PutRolePolicy", { RoleName: name, ...policy });
  else if (holder === "Users") await context.call("iam", "PutUserPolicy", { UserName: name, ...policy });
  else await context.call("iam", "PutGroupPolicy", { GroupName: name, ...policy });
}

async function remove(holder: Holder, name: string, properties: Properties, context: ResourceContext): Promise<void> {
  const PolicyName = String(properties.PolicyName);
  const gone = "NoSuchEntityException";
  if (holder === "Roles") await tolerate(context.call("iam", "DeleteRolePolicy", { RoleName: name, PolicyName }), gone);
  else if (holder === "Users")
    await tolerate(context.call("iam", "DeleteUserPolicy", { UserName: name, PolicyName }), gone);
  else await tolerate(context.call("iam", "DeleteGroupPolicy", { GroupName: name, PolicyName }), gone);
}
