import { isDeepStrictEqual } from "node:util";
import type { TemplateResource } from "../../assembly/assembly.ts";
import { isObject } from "../../template/is-object.ts";
import { isPolicyDocument, unionPolicies } from "./union-policies.ts";

/** Properties that list what a policy is attached to, or which policies are. */
const ATTACHMENTS = new Set([
  "AWS::IAM::ManagedPolicy.Roles",
  "AWS::IAM::Policy.Roles",
  "AWS::IAM::Role.ManagedPolicyArns",
  "AWS::SNS::TopicPolicy.Topics",
  "AWS::SQS::QueuePolicy.Queues",
]);

/**
 * A resource of the new template that permits what the deployed one permits too: inline, managed and resource policies
 * are unions. Returns `next` itself where it narrows nothing.
 */
export function widenResource(previous: TemplateResource, next: TemplateResource): TemplateResource {
  if (previous.Type !== next.Type) return next;
  const widened = Object.entries(previous.Properties ?? {}).flatMap(([name, before]) => {
    const after = next.Properties?.[name];
    const value = widenProperty(next.Type, name, before, after);
    return isDeepStrictEqual(value, after) ? [] : [[name, value] as const];
  });
  if (widened.length === 0) return next;
  return { ...next, Properties: { ...next.Properties, ...Object.fromEntries(widened) } };
}

function widenProperty(type: string, name: string, before: unknown, after: unknown): unknown {
  if (isPolicyDocument(before) && isPolicyDocument(after)) return unionPolicies(before, after);
  if (type === "AWS::IAM::Role" && name === "Policies") return unionInline(listOf(before), listOf(after));
  return ATTACHMENTS.has(`${type}.${name}`) ? unionLists(listOf(before), listOf(after)) : after;
}

/** Inline policies of a role, by their names. */
function unionInline(before: readonly unknown[], after: readonly unknown[]): unknown[] {
  const merged = after.map((policy) => {
    const old = before.find((candidate) => isDeepStrictEqual(nameOf(candidate), nameOf(policy)));
    if (!isObject(policy) || !isObject(old)) return policy;
    const [previous, next] = [old["PolicyDocument"], policy["PolicyDocument"]];
    if (!isPolicyDocument(previous) || !isPolicyDocument(next)) return policy;
    return { ...policy, PolicyDocument: unionPolicies(previous, next) };
  });
  const dropped = before.filter((old) => !after.some((policy) => isDeepStrictEqual(nameOf(policy), nameOf(old))));
  return [...merged, ...dropped];
}

function unionLists(before: readonly unknown[], after: readonly unknown[]): unknown[] {
  return [...after, ...before.filter((old) => !after.some((item) => isDeepStrictEqual(item, old)))];
}

function nameOf(policy: unknown): unknown {
  return isObject(policy) ? policy["PolicyName"] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
