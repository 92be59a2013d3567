import { isDeepStrictEqual } from "node:util";
import { isObject } from "../../template/is-object.ts";
import { notificationsOverlap } from "./notification-overlap.ts";
import { isSameTarget, type ReleasedTargets } from "./released-targets.ts";

/** A property as a stage has it. */
export interface HeldProperty {
  readonly value: unknown;
  /** Why the new value, or a part of it, takes effect only after the promotion. Undefined where all of it does now. */
  readonly deferred?: string;
}

/** What a stage makes of a property from its deployed and its new value. */
type Hold = (before: unknown, after: unknown, targets: ReleasedTargets) => HeldProperty;

type Json = Record<string, unknown>;

/** EventBridge takes no more targets of one rule. */
const MAX_TARGETS_OF_RULE = 5;

/** Why a value stays as it is deployed. */
export const LEAVES_ITS_ALIAS = "it leads to another target";

/** Properties through which a live version is reached, or through which it reaches others. */
const HOLDS: Readonly<Record<string, Hold>> = {
  "AWS::ApiGatewayV2::Api.Body": holdBody,
  "AWS::Cognito::UserPool.LambdaConfig": holdKeys,
  "AWS::DynamoDB::GlobalTable.StreamSpecification": holdDropped,
  "AWS::DynamoDB::Table.KinesisStreamSpecification": holdDropped,
  "AWS::DynamoDB::Table.StreamSpecification": holdDropped,
  "AWS::Events::Rule.Targets": holdRuleTargets,
  "AWS::Lambda::EventInvokeConfig.DestinationConfig": holdKeys,
  "AWS::Lambda::EventSourceMapping.DestinationConfig": holdKeys,
  "AWS::S3::Bucket.NotificationConfiguration": holdNotifications,
  "AWS::SNS::Subscription.RedrivePolicy": holdDropped,
  "AWS::SNS::Topic.Subscription": holdSubscriptions,
  "AWS::SQS::Queue.RedrivePolicy": holdDropped,
  "Custom::S3BucketNotifications.NotificationConfiguration": holdNotifications,
};

/** A property as the stage has it; undefined where a stage takes the new value of the property. */
export function holdProperty(
  name: string,
  before: unknown,
  after: unknown,
  targets: ReleasedTargets,
): HeldProperty | undefined {
  return isDeepStrictEqual(before, after) ? undefined : HOLDS[name]?.(before, after, targets);
}

/** The property that names the one target of a resource, by type. */
const TARGET_PROPERTY: Readonly<Record<string, string>> = {
  "AWS::ApiGatewayV2::Api": "Target",
  "AWS::ApiGatewayV2::Integration": "IntegrationUri",
  "AWS::ApiGatewayV2::Route": "Target",
  "AWS::Lambda::EventSourceMapping": "FunctionName",
  "AWS::Pipes::Pipe": "Target",
  "AWS::Scheduler::Schedule": "Target",
};

/** Whether a resource's one target leaves an alias. Such a resource stays as it is deployed. */
export function leavesItsAlias(type: string, before: Json, after: Json, targets: ReleasedTargets): boolean {
  const property = TARGET_PROPERTY[type];
  return property !== undefined && targets.leavesAlias(before[property], after[property]);
}

function holdDropped(before: unknown, after: unknown): HeldProperty {
  return { value: after ?? before };
}

/** Members that are dropped stay, and so do those that lead from one alias to another target. */
function holdKeys(before: unknown, after: unknown, targets: ReleasedTargets): HeldProperty {
  if (after === undefined) return { value: before };
  if (!isPlain(before) || !isPlain(after)) return { value: after };
  const moved = Object.keys(after).filter((key) => key in before && targets.leavesAlias(before[key], after[key]));
  const value = { ...before, ...after, ...Object.fromEntries(moved.map((key) => [key, before[key]])) };
  return { value, ...(moved.length > 0 && { deferred: LEAVES_ITS_ALIAS }) };
}

function holdSubscriptions(before: unknown, after: unknown, targets: ReleasedTargets): HeldProperty {
  const isSame = (one: Json, other: Json) =>
    one["Protocol"] === other["Protocol"] && isSameTarget(one["Endpoint"], other["Endpoint"]);
  return unionOf(before, after, (dropped) => dropped, isSame, targets);
}

/** An Id that the new targets use for another one gets a suffix: Ids are unique in a rule. */
function holdRuleTargets(before: unknown, after: unknown, targets: ReleasedTargets): HeldProperty {
  const isSame = ({ Id: id, ...one }: Json, { Id: otherId, ...other }: Json) =>
    isDeepStrictEqual(one, other) || (isDeepStrictEqual(id, otherId) && isSameTarget(one["Arn"], other["Arn"]));
  const rename = (dropped: readonly Json[], beside: readonly Json[]) => {
    const taken = new Set(beside.map(({ Id }) => Id));
    return dropped.map((target) => {
      let own = target["Id"];
      while (taken.has(own) && typeof own === "string") own += "Held";
      taken.add(own);
      return { ...target, Id: own };
    });
  };
  const union = unionOf(before, after, rename, isSame, targets);
  if (!Array.isArray(union.value) || union.value.length <= MAX_TARGETS_OF_RULE) return union;
  return { value: before, deferred: `a rule has at most ${MAX_TARGETS_OF_RULE} targets` };
}

/** The new entries, and the deployed ones that lead to something else. */
function unionOf(
  before: unknown,
  after: unknown,
  adapt: (dropped: readonly Json[], beside: readonly Json[]) => readonly Json[],
  isSame: (one: Json, other: Json) => boolean,
  targets: ReleasedTargets,
): HeldProperty {
  const [old, next] = [before ?? [], after ?? []];
  if (!isList(old) || !isList(next)) return { value: before, deferred: "its entries are known only in the update" };
  const dropped = old.filter((entry) => !next.some((one) => isSame(entry, one)) && !targets.isUnqualified(entry));
  return { value: dropped.length === 0 ? after : [...next, ...adapt(dropped, next)] };
}

const NOTIFICATION_LISTS = [
  "LambdaConfigurations",
  "LambdaFunctionConfigurations",
  "QueueConfigurations",
  "TopicConfigurations",
];

function holdNotifications(before: unknown, after: unknown, targets: ReleasedTargets): HeldProperty {
  const [old, next] = [before ?? {}, after ?? {}];
  const unknown = { value: before, deferred: "its entries are known only in the update" };
  if (!isPlain(old) || !isPlain(next)) return unknown;
  const union: Json = { ...next };
  const added: Json[] = [];
  for (const name of NOTIFICATION_LISTS) {
    const [entries, nextEntries] = [old[name] ?? [], next[name] ?? []];
    if (!isList(entries) || !isList(nextEntries)) return unknown;
    const dropped = entries
      .filter((entry) => !nextEntries.some((one) => isSameNotification(entry, one)))
      .filter((entry) => !targets.isUnqualified(entry));
    added.push(...dropped);
    if (dropped.length > 0) union[name] = [...nextEntries, ...dropped];
  }
  if (isBridged(old) && !isBridged(next)) union["EventBridgeConfiguration"] = old["EventBridgeConfiguration"];
  const all = NOTIFICATION_LISTS.flatMap((name) => next[name] ?? []);
  if (added.some((entry) => all.some((other) => notificationsOverlap(entry, other)))) {
    return { value: before, deferred: "S3 refuses overlapping notifications, and those of the live version stay" };
  }
  return { value: isDeepStrictEqual(union, next) ? after : union };
}

/** What a notification names its target with: in `AWS::S3::Bucket`, and in the CDK's custom resource. */
const NOTIFIED = ["Function", "LambdaFunctionArn", "Queue", "QueueArn", "Topic", "TopicArn"];

function isSameNotification(one: Json, other: Json): boolean {
  const settings = (entry: Json) =>
    Object.fromEntries(Object.entries(entry).filter(([name]) => name !== "Id" && !NOTIFIED.includes(name)));
  return (
    isDeepStrictEqual(settings(one), settings(other)) && NOTIFIED.every((name) => isSameTarget(one[name], other[name]))
  );
}

function isBridged({ EventBridgeConfiguration: bridge }: Json): boolean {
  return isObject(bridge) && bridge["EventBridgeEnabled"] !== false && bridge["EventBridgeEnabled"] !== "false";
}

/** Operations that are dropped stay, and so do those that lead from one alias to another target. */
function holdBody(before: unknown, after: unknown, targets: ReleasedTargets): HeldProperty {
  if (!isPlain(before) || !isPlain(after)) return { value: after };
  const [oldPaths, paths] = [recordOf(before["paths"]), recordOf(after["paths"])];
  const merged = Object.keys(oldPaths).map((path): [string, HeldProperty] => [
    path,
    holdKeys(oldPaths[path], paths[path], targets),
  ]);
  const value: Json = {
    ...after,
    paths: { ...paths, ...Object.fromEntries(merged.map(([path, held]) => [path, held.value])) },
  };
  const [oldParts, parts] = [recordOf(before["components"]), recordOf(after["components"])];
  const schemes = { ...recordOf(oldParts["securitySchemes"]), ...recordOf(parts["securitySchemes"]) };
  if (Object.keys(schemes).length > 0) value["components"] = { ...parts, securitySchemes: schemes };
  const isDeferred = merged.some(([, held]) => held.deferred !== undefined);
  return { value, ...(isDeferred && { deferred: LEAVES_ITS_ALIAS }) };
}

function recordOf(value: unknown): Json {
  return isPlain(value) ? value : {};
}

/** Whether a value is an object that is written out, and not a function of the template. */
function isPlain(value: unknown): value is Json {
  return isObject(value) && !Object.keys(value).some((key) => key === "Ref" || key.startsWith("Fn::"));
}

function isList(value: unknown): value is Json[] {
  return Array.isArray(value) && value.every(isObject);
}
