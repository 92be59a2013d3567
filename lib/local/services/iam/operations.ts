import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Iam } from "./context.ts";
import * as account from "./account.ts";
import * as groups from "./groups.ts";
import * as instanceProfiles from "./instance-profiles.ts";
import * as managedPolicies from "./managed-policies.ts";
import * as oidcProviders from "./oidc-providers.ts";
import * as policyVersions from "./policy-versions.ts";
import * as roles from "./roles.ts";
import * as serviceLinkedRoles from "./service-linked-roles.ts";
import * as simulate from "./simulate.ts";
import * as users from "./users.ts";

/** The operations of IAM that are carried. */
export function operationsOf(iam: Iam): Operations<"iam"> {
  return bindOperations("iam", iam, [
    account,
    groups,
    instanceProfiles,
    managedPolicies,
    oidcProviders,
    policyVersions,
    roles,
    serviceLinkedRoles,
    simulate,
    users,
  ]);
}
