import type { LocalService, Operations, ServiceFactory } from "../../service.ts";
import * as account from "./account.ts";
import * as groups from "./groups.ts";
import * as instanceProfiles from "./instance-profiles.ts";
import * as managedPolicies from "./managed-policies.ts";
import * as oidcProviders from "./oidc-providers.ts";
import * as policyVersions from "./policy-versions.ts";
import * as roles from "./roles.ts";
import * as serviceLinkedRoles from "./service-linked-roles.ts";
import * as users from "./users.ts";
import { openIam, type Iam } from "./context.ts";
import { identityOperations } from "./identity-operations.ts";
import * as simulation from "./simulate.ts";

/** Makes IAM: identities, policies and their evaluation. It is global: every region sees the same. */
export const createIam: ServiceFactory<"iam"> = (cloud): LocalService<"iam"> => {
  const iam = openIam(cloud);
  return {
    name: "iam",
    operations: {
      ...identityOperations(iam),
      ...roleOperations(iam),
      ...userOperations(iam),
      ...policyOperations(iam),
      ...accountOperations(iam),
    },
  };
};

function roleOperations(iam: Iam): Operations<"iam"> {
  return {
    CreateRole: (input) => roles.createRole(iam, input),
    DeleteRole: (input) => roles.deleteRole(iam, input),
    GetRole: (input) => roles.getRole(iam, input),
    ListRoleTags: (input) => roles.listRoleTags(iam, input),
    ListRoles: (input) => roles.listRoles(iam, input),
    TagRole: (input) => roles.tagRole(iam, input),
    UntagRole: (input) => roles.untagRole(iam, input),
    UpdateAssumeRolePolicy: (input) => roles.updateTrust(iam, input),
    UpdateRole: (input) => roles.updateRole(iam, input),
    UpdateRoleDescription: (input) => roles.updateRoleDescription(iam, input),
    CreateServiceLinkedRole: (input) => serviceLinkedRoles.createServiceLinkedRole(iam, input),
    DeleteServiceLinkedRole: (input) => serviceLinkedRoles.deleteServiceLinkedRole(iam, input),
    GetServiceLinkedRoleDeletionStatus: (input) => serviceLinkedRoles.getDeletionStatus(iam, input),
    AddRoleToInstanceProfile: (input) => instanceProfiles.addRoleToInstanceProfile(iam, input),
    CreateInstanceProfile: (input) => instanceProfiles.createInstanceProfile(iam, input),
    DeleteInstanceProfile: (input) => instanceProfiles.deleteInstanceProfile(iam, input),
    GetInstanceProfile: (input) => instanceProfiles.getInstanceProfile(iam, input),
    ListInstanceProfiles: (input) => instanceProfiles.listInstanceProfiles(iam, input),
    ListInstanceProfilesForRole: (input) => instanceProfiles.listInstanceProfilesForRole(iam, input),
    RemoveRoleFromInstanceProfile: (input) => instanceProfiles.removeRoleFromInstanceProfile(iam, input),
  };
}

function userOperations(iam: Iam): Operations<"iam"> {
  return {
    CreateAccessKey: (input) => users.createAccessKey(iam, input),
    CreateUser: (input) => users.createUser(iam, input),
    DeleteAccessKey: (input) => users.deleteAccessKey(iam, input),
    DeleteUser: (input) => users.deleteUser(iam, input),
    GetUser: (input) => users.getUser(iam, input),
    ListAccessKeys: (input) => users.listAccessKeys(iam, input),
    ListUserTags: (input) => users.listUserTags(iam, input),
    ListUsers: (input) => users.listUsers(iam, input),
    TagUser: (input) => users.tagUser(iam, input),
    UntagUser: (input) => users.untagUser(iam, input),
    UpdateAccessKey: (input) => users.updateAccessKey(iam, input),
    AddUserToGroup: (input) => groups.addUserToGroup(iam, input),
    CreateGroup: (input) => groups.createGroup(iam, input),
    DeleteGroup: (input) => groups.deleteGroup(iam, input),
    GetGroup: (input) => groups.getGroup(iam, input),
    ListGroups: (input) => groups.listGroups(iam, input),
    ListGroupsForUser: (input) => groups.listGroupsForUser(iam, input),
    RemoveUserFromGroup: (input) => groups.removeUserFromGroup(iam, input),
  };
}

function policyOperations(iam: Iam): Operations<"iam"> {
  return {
    CreatePolicy: (input) => managedPolicies.createPolicy(iam, input),
    DeletePolicy: (input) => managedPolicies.deletePolicy(iam, input),
    GetPolicy: (input) => managedPolicies.getPolicy(iam, input),
    ListEntitiesForPolicy: (input) => managedPolicies.listEntitiesForPolicy(iam, input),
    ListPolicies: (input) => managedPolicies.listPolicies(iam, input),
    ListPolicyTags: (input) => managedPolicies.listPolicyTags(iam, input),
    TagPolicy: (input) => managedPolicies.tagPolicy(iam, input),
    UntagPolicy: (input) => managedPolicies.untagPolicy(iam, input),
    CreatePolicyVersion: (input) => policyVersions.createPolicyVersion(iam, input),
    DeletePolicyVersion: (input) => policyVersions.deletePolicyVersion(iam, input),
    GetPolicyVersion: (input) => policyVersions.getPolicyVersion(iam, input),
    ListPolicyVersions: (input) => policyVersions.listPolicyVersions(iam, input),
    SetDefaultPolicyVersion: (input) => policyVersions.setDefaultPolicyVersion(iam, input),
    SimulatePrincipalPolicy: (input) => simulation.simulatePrincipalPolicy(iam, input),
    SimulateCustomPolicy: (input) => simulation.simulateCustomPolicy(iam, input),
    GetContextKeysForPrincipalPolicy: (input) => simulation.contextKeysForPrincipal(iam, input),
    GetContextKeysForCustomPolicy: (input) => simulation.contextKeysForCustom(input),
  };
}

function accountOperations(iam: Iam): Operations<"iam"> {
  return {
    CreateAccountAlias: (input) => account.createAccountAlias(iam, input),
    DeleteAccountAlias: (input) => account.deleteAccountAlias(iam, input),
    GetAccountSummary: () => account.getAccountSummary(iam),
    ListAccountAliases: () => account.listAccountAliases(iam),
    AddClientIDToOpenIDConnectProvider: (input) => oidcProviders.addClientId(iam, input),
    CreateOpenIDConnectProvider: (input) => oidcProviders.createOidcProvider(iam, input),
    DeleteOpenIDConnectProvider: (input) => oidcProviders.deleteOidcProvider(iam, input),
    GetOpenIDConnectProvider: (input) => oidcProviders.getOidcProvider(iam, input),
    ListOpenIDConnectProviders: () => oidcProviders.listOidcProviders(iam),
    RemoveClientIDFromOpenIDConnectProvider: (input) => oidcProviders.removeClientId(iam, input),
    TagOpenIDConnectProvider: (input) => oidcProviders.tagOidcProvider(iam, input),
    UntagOpenIDConnectProvider: (input) => oidcProviders.untagOidcProvider(iam, input),
    UpdateOpenIDConnectProviderThumbprint: (input) => oidcProviders.updateThumbprints(iam, input),
  };
}
