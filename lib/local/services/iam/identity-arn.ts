import { iamArn, identitiesOf, keyOf, type Iam } from "./context.ts";

/** The ARN with its path of the instance profile, role, user or group that an input names, if it exists. */
export function arnOfIdentity(iam: Iam, input: Readonly<Record<string, unknown>>): string | undefined {
  const { InstanceProfileName: profile } = input;
  if (typeof profile === "string") {
    const found = iam.instanceProfiles.get(keyOf(profile));
    return found && iamArn(iam, "instance-profile", found);
  }
  for (const [member, kind] of [
    ["RoleName", "role"],
    ["UserName", "user"],
    ["GroupName", "group"],
  ] as const) {
    const name = input[member];
    if (typeof name !== "string") continue;
    const found = identitiesOf(iam, kind).get(keyOf(name));
    return found && iamArn(iam, kind, found);
  }
  return undefined;
}
