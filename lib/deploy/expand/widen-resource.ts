import { isDeepStrictEqual } from "node:util";
import type { TemplateResource } from "../../assembly/assembly.ts";
import { isObject } from "../../template/is-object.ts";
import type { DeferredChange } from "./expansion.ts";
import { type HeldProperty, holdProperty, LEAVES_ITS_ALIAS, leavesItsAlias } from "./hold-property.ts";
import type { ReleasedTargets } from "./released-targets.ts";
import { isPolicyDocument, unionPolicies } from "./union-policies.ts";

/** Properties that list what a policy is attached to, or which policies are. */
const ATTACHMENTS = new Set([
  "AWS::IAM::ManagedPolicy.Roles",
  "AWS::IAM::Policy.Roles",
  "AWS::IAM::Role.ManagedPolicyArns",
  "AWS::SNS::TopicPolicy.Topics",
  "AWS::SQS::QueuePolicy.Queues",
]);

/** A resource of both templates as a stage has it. */
export interface WidenedResource {
  readonly resource: TemplateResource;
  readonly deferred: readonly DeferredChange[];
}

/** A resource whose one target leaves an alias, as it is deployed; undefined for any other. */
export function deferResource(
  previous: TemplateResource,
  next: TemplateResource,
  targets: ReleasedTargets,
): WidenedResource | undefined {
  const { Type, Properties = {} } = next;
  if (previous.Type !== Type || !leavesItsAlias(Type, previous.Properties ?? {}, Properties, targets)) return undefined;
  const resource = { ...next, Properties: previous.Properties };
  return { resource, deferred: [{ what: "its new settings", why: LEAVES_ITS_ALIAS }] };
}

/**
 * A resource of the new template that permits what the deployed one permits too, and through which live versions are
 * still reached: policies and lists of targets are unions. Has `next` itself where the new one takes nothing away.
 */
export function widenResource(
  previous: TemplateResource,
  next: TemplateResource,
  targets: ReleasedTargets,
): WidenedResource {
  if (previous.Type !== next.Type) return { resource: next, deferred: [] };
  const widened = Object.entries(previous.Properties ?? {}).map(([name, before]) => {
    const after = next.Properties?.[name];
    return { name, after, ...widenProperty(next.Type, name, { before, after }, targets) };
  });
  const changed = widened.filter(({ value, after }) => !isDeepStrictEqual(value, after));
  if (changed.length === 0) return { resource: next, deferred: [] };
  const values = Object.fromEntries(changed.map(({ name, value }) => [name, value]));
  return {
    resource: { ...next, Properties: { ...next.Properties, ...values } },
    deferred: changed.flatMap(({ name, deferred }) =>
      deferred === undefined ? [] : [{ what: `the new ${name}`, why: deferred }],
    ),
  };
}

interface Values {
  readonly before: unknown;
  readonly after: unknown;
}

function widenProperty(type: string, name: string, { before, after }: Values, targets: ReleasedTargets): HeldProperty {
  return (
    holdProperty(`${type}.${name}`, before, after, targets) ?? { value: widenPermissions(type, name, before, after) }
  );
}

function widenPermissions(type: string, name: string, before: unknown, after: unknown): unknown {
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
