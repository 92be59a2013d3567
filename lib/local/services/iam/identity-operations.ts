import type { Operations } from "../../service.ts";
import { attachPolicy, detachPolicy, listAttached } from "./attached-policies.ts";
import { deleteBoundary, putBoundary } from "./boundaries.ts";
import type { Iam } from "./context.ts";
import { deleteInlinePolicy, listInlinePolicies, putInlinePolicy, readInlinePolicy } from "./inline-policies.ts";

/** What roles, users and groups all have: inline policies, attached policies and, save groups, a boundary. */
export function identityOperations(iam: Iam): Operations<"iam"> {
  return {
    PutRolePolicy: (input) => putInlinePolicy(iam, "role", input.RoleName, input),
    PutUserPolicy: (input) => putInlinePolicy(iam, "user", input.UserName, input),
    PutGroupPolicy: (input) => putInlinePolicy(iam, "group", input.GroupName, input),
    GetRolePolicy: ({ RoleName, PolicyName }) => ({
      RoleName,
      PolicyName,
      PolicyDocument: readInlinePolicy(iam, "role", RoleName, PolicyName),
    }),
    GetUserPolicy: ({ UserName, PolicyName }) => ({
      UserName,
      PolicyName,
      PolicyDocument: readInlinePolicy(iam, "user", UserName, PolicyName),
    }),
    GetGroupPolicy: ({ GroupName, PolicyName }) => ({
      GroupName,
      PolicyName,
      PolicyDocument: readInlinePolicy(iam, "group", GroupName, PolicyName),
    }),
    DeleteRolePolicy: (input) => deleteInlinePolicy(iam, "role", input.RoleName, input.PolicyName),
    DeleteUserPolicy: (input) => deleteInlinePolicy(iam, "user", input.UserName, input.PolicyName),
    DeleteGroupPolicy: (input) => deleteInlinePolicy(iam, "group", input.GroupName, input.PolicyName),
    ListRolePolicies: (input) => listInlinePolicies(iam, "role", input.RoleName, input),
    ListUserPolicies: (input) => listInlinePolicies(iam, "user", input.UserName, input),
    ListGroupPolicies: (input) => listInlinePolicies(iam, "group", input.GroupName, input),
    AttachRolePolicy: (input) => attachPolicy(iam, "role", input.RoleName, input.PolicyArn),
    AttachUserPolicy: (input) => attachPolicy(iam, "user", input.UserName, input.PolicyArn),
    AttachGroupPolicy: (input) => attachPolicy(iam, "group", input.GroupName, input.PolicyArn),
    DetachRolePolicy: (input) => detachPolicy(iam, "role", input.RoleName, input.PolicyArn),
    DetachUserPolicy: (input) => detachPolicy(iam, "user", input.UserName, input.PolicyArn),
    DetachGroupPolicy: (input) => detachPolicy(iam, "group", input.GroupName, input.PolicyArn),
    ListAttachedRolePolicies: (input) => listAttached(iam, "role", input.RoleName, input),
    ListAttachedUserPolicies: (input) => listAttached(iam, "user", input.UserName, input),
    ListAttachedGroupPolicies: (input) => listAttached(iam, "group", input.GroupName, input),
    PutRolePermissionsBoundary: (input) => putBoundary(iam, "role", input.RoleName, input.PermissionsBoundary),
    PutUserPermissionsBoundary: (input) => putBoundary(iam, "user", input.UserName, input.PermissionsBoundary),
    DeleteRolePermissionsBoundary: (input) => deleteBoundary(iam, "role", input.RoleName),
    DeleteUserPermissionsBoundary: (input) => deleteBoundary(iam, "user", input.UserName),
  };
}
