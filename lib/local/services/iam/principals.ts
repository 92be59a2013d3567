import { keyOf, type Iam } from "./context.ts";
import { noSuchEntity, invalidInput } from "./errors.ts";
import type { IdentityKind } from "../../policy/identity-records.ts";

const IDENTITY_ARN = /^arn:aws[\w-]*:iam::(\d{12}):(role|user|group)\/(?:.*\/)?([^/]+)$/;

/** Whether a trust policy may name this principal: of the account's own users and roles, only those that exist. */
export function principalExists(iam: Iam, name: string): boolean {
  const [, account, kind, identity = ""] = IDENTITY_ARN.exec(name) ?? [];
  if (account !== iam.cloud.account) return true;
  return (kind === "role" ? iam.roles : iam.users).get(keyOf(identity)) !== undefined;
}

/** The identity that a policy source ARN means, or IAM's refusal. */
export function readIdentityArn(iam: Iam, arn: string): { kind: IdentityKind; name: string } {
  const [, account, kind, name = ""] = IDENTITY_ARN.exec(arn) ?? [];
  if (kind === undefined)
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  if (account !== iam.cloud.account) throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  return { kind: kind as IdentityKind, name };
}
