import type { Output, Input } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { readTemplateSource } from "../prepare/template-source.ts";
import { isObject } from "../../../../template/is-object.ts";
import type { CloudformationParts } from "./service.ts";

/** The stack's policy, where one was set. */
export function getStackPolicy(
  parts: CloudformationParts,
  input: Input<"cloudformation", "GetStackPolicy">,
  context: RequestContext,
): Output<"cloudformation", "GetStackPolicy"> {
  return { StackPolicyBody: parts.store.require(context.region, input.StackName).stackPolicy };
}

/** Sets a stack's policy: JSON of at most 16,384 bytes that protects resources from updates. */
export async function setStackPolicy(
  parts: CloudformationParts,
  input: Input<"cloudformation", "SetStackPolicy">,
  context: RequestContext,
): Promise<Record<string, never>> {
  const stack = parts.store.require(context.region, input.StackName);
  const policy = await readStackPolicy(parts, input.StackPolicyBody, input.StackPolicyURL, context.region);
  if (policy === undefined)
    throw new AwsError("ValidationError", "Stack policy must be specified: StackPolicyBody or StackPolicyURL.");
  stack.stackPolicy = policy;
  parts.store.put(stack);
  return {};
}

/** A policy's text, checked as far as AWS does when it is set. */
export async function readStackPolicy(
  parts: CloudformationParts,
  body: string | undefined,
  url: string | undefined,
  region: string,
): Promise<string | undefined> {
  if (body === undefined && url === undefined) return undefined;
  if (body !== undefined && url !== undefined) {
    throw new AwsError("ValidationError", "You cannot specify both StackPolicyURL and StackPolicyBody");
  }
  const text = body ?? (await readTemplateSource({ TemplateURL: url }, undefined, parts.cloud, region));
  if (!isValid(text)) throw new AwsError("ValidationError", "Error validating stack policy: Invalid stack policy");
  return text;
}

function isValid(text: string): boolean {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    return false;
  }
  if (!isObject(policy)) return false;
  const statements = policy.Statement;
  if (statements === undefined) return Object.keys(policy).length === 0;
  return (Array.isArray(statements) ? statements : [statements]).every(
    (statement) =>
      isObject(statement) &&
      statement.Principal === "*" &&
      (statement.Effect === "Allow" || statement.Effect === "Deny"),
  );
}
