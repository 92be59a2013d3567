import type { Iam, Input, Output } from "./context.ts";
import { alreadyExists, noSuchEntity } from "./errors.ts";

export function getAccountSummary(iam: Iam): Output<"GetAccountSummary"> {
  return {
    SummaryMap: {
      Roles: iam.roles.list().length,
      Users: iam.users.list().length,
      Groups: iam.groups.list().length,
      Policies: iam.policies.list().length,
      PolicyVersionsInUse: iam.policies.list().reduce((sum, [, policy]) => sum + policy.versions.length, 0),
      InstanceProfiles: iam.instanceProfiles.list().length,
      Providers: iam.oidcProviders.list().length,
      AccountMFAEnabled: 0,
      AccountAccessKeysPresent: 0,
      AccountPasswordPresent: 0,
      RolesQuota: 1000,
      UsersQuota: 5000,
      GroupsQuota: 300,
      PoliciesQuota: 1500,
      InstanceProfilesQuota: 1000,
      AttachedPoliciesPerRoleQuota: 10,
      AttachedPoliciesPerUserQuota: 10,
      AttachedPoliciesPerGroupQuota: 10,
      AccessKeysPerUserQuota: 2,
      VersionsPerPolicyQuota: 5,
      PolicySizeQuota: 6144,
      AssumeRolePolicySizeQuota: 2048,
    },
  };
}

export function createAccountAlias(iam: Iam, input: Input<"CreateAccountAlias">): object {
  const alias = input.AccountAlias!;
  if (iam.aliases.get(alias)) throw alreadyExists(`The account alias ${alias} already exists.`);
  for (const [before] of iam.aliases.list()) iam.aliases.delete(before);
  iam.aliases.put(alias, true);
  return {};
}

export function deleteAccountAlias(iam: Iam, input: Input<"DeleteAccountAlias">): object {
  if (iam.aliases.delete(input.AccountAlias!)) return {};
  throw noSuchEntity(`The account alias ${input.AccountAlias} cannot be found.`);
}

export function listAccountAliases(iam: Iam): Output<"ListAccountAliases"> {
  return { AccountAliases: iam.aliases.list().map(([alias]) => alias), IsTruncated: false };
}
