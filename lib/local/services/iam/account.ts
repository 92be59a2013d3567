import type { Iam, Input, Output } from "./context.ts";
import { alreadyExists, noSuchEntity } from "./errors.ts";

/** Counts the account's users, roles, groups and policies, beside IAM's quotas. */
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

/** Sets the account's alias and replaces the one before: an account has at most one. */
export function createAccountAlias(iam: Iam, input: Input<"CreateAccountAlias">): object {
  const alias = input.AccountAlias;
  if (iam.aliases.get(alias)) throw alreadyExists(`The account alias ${alias} already exists.`);
  for (const [before] of iam.aliases.list()) iam.aliases.delete(before);
  iam.aliases.put(alias, true);
  return {};
}

/** Removes the account's alias. `NoSuchEntityException` where it has another. */
export function deleteAccountAlias(iam: Iam, input: Input<"DeleteAccountAlias">): object {
  if (iam.aliases.delete(input.AccountAlias)) return {};
  throw noSuchEntity(`The account alias ${input.AccountAlias} cannot be found.`);
}

/** Lists the account's alias, if it has one. */
export function listAccountAliases(iam: Iam): Output<"ListAccountAliases"> {
  return { AccountAliases: iam.aliases.list().map(([alias]) => alias), IsTruncated: false };
}
