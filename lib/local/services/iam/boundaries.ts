import type { AttachedPermissionsBoundary } from "@aws-sdk/client-iam";
import { identitiesOf, keyOf, requireIdentity, type Iam } from "./context.ts";
import { noSuchEntity } from "./errors.ts";
import { policyExists } from "./find-policy.ts";
import type { IdentityKind, IdentityRecord } from "../../policy/identity-records.ts";

/** Sets the managed policy that limits what the role or user can be allowed. */
export function putBoundary(iam: Iam, kind: IdentityKind, name: string, arn: string): object {
  const identity = requireIdentity(iam, kind, name);
  requireBoundary(iam, arn);
  identitiesOf(iam, kind).put(keyOf(name), { ...identity, boundary: arn });
  return {};
}

/** Removes the permissions boundary of a role or user. */
export function deleteBoundary(iam: Iam, kind: IdentityKind, name: string): object {
  const { boundary, ...identity } = requireIdentity(iam, kind, name);
  if (boundary === undefined) throw noSuchEntity(`The ${kind} with name ${name} has no permissions boundary.`);
  identitiesOf(iam, kind).put(keyOf(name), identity satisfies IdentityRecord);
  return {};
}

/** Refuses a boundary that is not a managed policy. */
export function requireBoundary(iam: Iam, arn: string): void {
  if (!policyExists(iam, arn)) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
}

/** The boundary as IAM returns it; undefined without one. */
export function describeBoundary(arn: string | undefined): { PermissionsBoundary?: AttachedPermissionsBoundary } {
  if (arn === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: "Policy" as never, PermissionsBoundaryArn: arn } };
}
