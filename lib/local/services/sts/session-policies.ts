import type { PolicyDescriptorType } from "@aws-sdk/client-sts";
import { parsePolicy, PolicySyntaxError } from "../../../iam/policy-document.ts";
import { AwsError } from "../../aws-error.ts";
import type { Identities } from "../../policy/identities.ts";

interface PolicyInput {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined;
}

/** The texts of the session policies that a request gives, inline and managed; nothing where it gives none. */
export function sessionPolicies(
  identities: Identities,
  { Policy, PolicyArns = [] }: PolicyInput,
): { policies?: string[] } {
  if (Policy === undefined && PolicyArns.length === 0) return {};
  if (Policy !== undefined) validate(Policy);
  const managed = PolicyArns.flatMap(({ arn = "" }) => identities.managedText(arn) ?? []);
  return { policies: [...(Policy === undefined ? [] : [Policy]), ...managed] };
}

function validate(text: string): void {
  try {
    parsePolicy(text);
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw new AwsError("MalformedPolicyDocument", error.message);
    throw error;
  }
}
