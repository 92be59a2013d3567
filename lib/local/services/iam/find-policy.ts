import { findAwsManagedPolicy } from "../../policy/aws-managed-policies.ts";
import type { Iam } from "./context.ts";
import { noSuchEntity } from "./errors.ts";
import type { PolicyRecord } from "../../policy/identity-records.ts";

/** Whether a managed policy, the account's or AWS's own, can be attached. */
export function policyExists(iam: Iam, arn: string): boolean {
  return iam.policies.get(arn) !== undefined || findAwsManagedPolicy(arn) !== undefined;
}

/** The account's managed policy, or IAM's refusal. */
export function requirePolicy(iam: Iam, arn: string | undefined): PolicyRecord {
  const policy = iam.policies.get(arn ?? "");
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

/** The text in force of a managed policy; undefined for AWS's own whose documents are not supported. */
export function managedDocument(iam: Iam, arn: string): string | undefined {
  const policy = iam.policies.get(arn);
  if (policy) return policy.versions.find(({ id }) => id === policy.defaultVersion)!.document;
  return findAwsManagedPolicy(arn)?.document;
}
