import type { Nothing } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { requireStream, saveStream, type Input, type Kinesis, type Output } from "./context.ts";
import { invalidArgument } from "./errors.ts";

/** Keeps the policy, which calls are authorised by. */
export function putResourcePolicy(
  kinesis: Kinesis,
  input: Input<"PutResourcePolicy">,
  context: RequestContext,
): Nothing {
  const stream = requireStream(kinesis, { StreamARN: input.ResourceARN }, context);
  const policy = input.Policy ?? "";
  if (!isObject(policy)) throw invalidArgument("The policy is not a JSON object.");
  saveStream(kinesis, { ...stream, policy });
  return {};
}

/** Returns the policy of a stream or consumer; empty where it has none. */
export function getResourcePolicy(
  kinesis: Kinesis,
  input: Input<"GetResourcePolicy">,
  context: RequestContext,
): Output<"GetResourcePolicy"> {
  return { Policy: requireStream(kinesis, { StreamARN: input.ResourceARN }, context).policy ?? "{}" };
}

/** Deletes the policy of a stream or consumer. */
export function deleteResourcePolicy(
  kinesis: Kinesis,
  input: Input<"DeleteResourcePolicy">,
  context: RequestContext,
): Nothing {
  const { policy: _, ...stream } = requirePolicy(kinesis, input.ResourceARN, context);
  saveStream(kinesis, stream);
  return {};
}

function requirePolicy(kinesis: Kinesis, arn: string | undefined, context: RequestContext) {
  const stream = requireStream(kinesis, { StreamARN: arn }, context);
  if (stream.policy === undefined)
    throw new AwsError("ResourceNotFoundException", `No resource policy found for resource ARN ${arn}`);
  return stream;
}

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
