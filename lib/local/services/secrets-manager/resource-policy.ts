import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { requireAnySecret, requireSecret, save, type Input, type Output, type Secrets } from "./context.ts";

/** Sets a secret's policy. `MalformedPolicyDocumentException` where it cannot be read. */
export function putResourcePolicy(
  secrets: Secrets,
  input: Input<"PutResourcePolicy">,
  context: RequestContext,
): Output<"PutResourcePolicy"> {
  const record = requireSecret(secrets, context, input.SecretId);
  const policy = input.ResourcePolicy;
  if (!isPolicy(policy)) {
    throw new AwsError("MalformedPolicyDocumentException", "This resource policy contains invalid JSON syntax.", {
      statusCode: 400,
    });
  }
  save(secrets, context, { ...record, policy });
  return { ARN: record.arn, Name: record.name };
}

/** Returns a secret's policy; empty where it has none. */
export function getResourcePolicy(
  secrets: Secrets,
  input: Input<"GetResourcePolicy">,
  context: RequestContext,
): Output<"GetResourcePolicy"> {
  const { arn, name, policy } = requireAnySecret(secrets, context, input.SecretId);
  return { ARN: arn, Name: name, ...(policy === undefined ? {} : { ResourcePolicy: policy }) };
}

/** Deletes a secret's policy. Doing it again is not an error. */
export function deleteResourcePolicy(
  secrets: Secrets,
  input: Input<"DeleteResourcePolicy">,
  context: RequestContext,
): Output<"DeleteResourcePolicy"> {
  const { policy: _gone, ...record } = requireSecret(secrets, context, input.SecretId);
  save(secrets, context, record);
  return { ARN: record.arn, Name: record.name };
}

function isPolicy(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && "Statement" in parsed;
  } catch {
    return false;
  }
}
