import type { Input } from "../../../kit/operation-types.ts";
import type { Target } from "@aws-sdk/client-eventbridge";
import { isAwsError } from "../../../aws-error.ts";
import { putLike } from "./put-like.ts";
import type { Loose, PhysicalResource, Properties, ResourceContext, Tagging } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { pick, tolerate } from "./tolerate.ts";

const DEFAULT_BUS = "default";
const LONGEST_NAME = 64;

const tagging: Tagging = {
  set: (current, tags, context) =>
    context.call("eventbridge", "TagResource", { ResourceARN: String(current.attributes?.Arn), Tags: [...tags] }),
  remove: (current, TagKeys, context) =>
    context.call("eventbridge", "UntagResource", { ResourceARN: String(current.attributes?.Arn), TagKeys }),
};

/** AWS::Events::Rule: its physical id is its name, behind its bus's where that is not the default one. */
export const eventsRule = resource("AWS::Events::Rule", {
  tagging,
  async create(desired, context) {
    const Name = nameOf(desired, context);
    const RuleArn = await putRule(Name, desired, context);
    return describeRule(Name, RuleArn, desired);
  },
  async update(desired, current, context) {
    const Name = String(current.attributes?.["RuleName"]);
    const RuleArn = await putRule(Name, desired, context);
    const kept = new Set(targetsOf(desired).map(({ Id }) => Id));
    const Ids = targetsOf(current.properties).flatMap(({ Id }) => (kept.has(Id) ? [] : [Id!]));
    const EventBusName = busOf(desired);
    if (Ids.length > 0) await context.call("eventbridge", "RemoveTargets", { Rule: Name, EventBusName, Ids });
    return describeRule(Name, RuleArn, desired);
  },
  async delete(current, context) {
    const EventBusName = busOf(current.properties);
    const Name = current.physicalId.split("|").at(-1) ?? "";
    const listed = context.call("eventbridge", "ListTargetsByRule", { Rule: Name, EventBusName });
    const { Targets = [] } = (await tolerate(listed, "ResourceNotFoundException")) ?? {};
    const Ids = Targets.flatMap(({ Id }) => Id ?? []);
    if (Ids.length > 0) await context.call("eventbridge", "RemoveTargets", { Rule: Name, EventBusName, Ids });
    await tolerate(context.call("eventbridge", "DeleteRule", { Name, EventBusName }), "ResourceNotFoundException");
  },
});

/** AWS::Events::EventBus */
export const eventsEventBus = resource("AWS::Events::EventBus", {
  tagging,
  async create(desired, context) {
    const settings = { Name: desired.Name, ...pick(desired, ["Description", "KmsKeyIdentifier", "DeadLetterConfig"]) };
    const input = { ...settings, Tags: context.plainTags(desired.Tags) };
    await takeOver(context.call("eventbridge", "CreateEventBus", input), context);
    await putBusPolicy(desired, context);
    return describeBus(settings.Name, context);
  },
  async update(desired, current, context) {
    const Name = current.physicalId;
    const settings = pick(desired, ["Description", "KmsKeyIdentifier", "DeadLetterConfig"]);
    await context.call("eventbridge", "UpdateEventBus", { Name, Description: "", DeadLetterConfig: {}, ...settings });
    if (desired.Policy === undefined && current.properties.Policy !== undefined)
      await context.call("eventbridge", "RemovePermission", { EventBusName: Name, RemoveAllPermissions: true });
    await putBusPolicy(desired, context);
    return describeBus(Name, context);
  },
  async delete(current, context) {
    await context.call("eventbridge", "DeleteEventBus", { Name: current.physicalId });
  },
});

/** AWS::Events::EventBusPolicy: one statement of a bus's policy. */
export const eventsEventBusPolicy = putLike("AWS::Events::EventBusPolicy", {
  name: (desired) => `${busOf(desired)}|${desired.StatementId}`,
  put: (_id, desired, context) => putStatement(desired, context),
  remove: (id, context) => {
    const [EventBusName, StatementId] = id.split("|");
    return context.call("eventbridge", "RemovePermission", { EventBusName, StatementId });
  },
  missing: "ResourceNotFoundException",
});

/** AWS::Events::Archive */
export const eventsArchive = resource("AWS::Events::Archive", {
  async create(desired, context) {
    const ArchiveName = desired.ArchiveName ?? context.name({ maxLength: 48 });
    const input = { ...archiveSettings(desired), ArchiveName, EventSourceArn: desired.SourceArn };
    await takeOver(context.call("eventbridge", "CreateArchive", input), context);
    return describeArchive(ArchiveName, context);
  },
  async update(desired, current, context) {
    const ArchiveName = current.physicalId;
    const settings = { Description: "", RetentionDays: 0, ...archiveSettings(desired) };
    await context.call("eventbridge", "UpdateArchive", { ArchiveName, ...settings });
    return describeArchive(ArchiveName, context);
  },
  async delete(current, context) {
    const deletion = context.call("eventbridge", "DeleteArchive", { ArchiveName: current.physicalId });
    await tolerate(deletion, "ResourceNotFoundException");
  },
});

/** AWS::Events::Connection */
export const eventsConnection = resource("AWS::Events::Connection", {
  async create(desired, context) {
    const Name = nameOf(desired, context);
    const input = { Name, ...connectionSettings(desired) } as Loose<Input<"eventbridge", "CreateConnection">>;
    await takeOver(context.call("eventbridge", "CreateConnection", input), context);
    return describeConnection(Name, context);
  },
  async update(desired, current, context) {
    const Name = current.physicalId;
    const settings = connectionSettings(desired);
    await context.call("eventbridge", "UpdateConnection", { Name, ...settings });
    return describeConnection(Name, context);
  },
  async delete(current, context) {
    const deletion = context.call("eventbridge", "DeleteConnection", { Name: current.physicalId });
    await tolerate(deletion, "ResourceNotFoundException");
  },
});

/** AWS::Events::ApiDestination */
export const eventsApiDestination = resource("AWS::Events::ApiDestination", {
  async create(desired, context) {
    const Name = nameOf(desired, context);
    const input = { Name, ...destinationSettings(desired) };
    await takeOver(context.call("eventbridge", "CreateApiDestination", input), context);
    return describeDestination(Name, context);
  },
  async update(desired, current, context) {
    const Name = current.physicalId;
    await context.call("eventbridge", "UpdateApiDestination", { Name, ...destinationSettings(desired) });
    return describeDestination(Name, context);
  },
  async delete(current, context) {
    const deletion = context.call("eventbridge", "DeleteApiDestination", { Name: current.physicalId });
    await tolerate(deletion, "ResourceNotFoundException");
  },
});

function nameOf(desired: { readonly Name?: string }, context: ResourceContext): string {
  return desired.Name ?? context.name({ maxLength: LONGEST_NAME });
}

/** A bus by name or ARN. */
function busOf(properties: { readonly EventBusName?: string }): string {
  return (properties.EventBusName ?? DEFAULT_BUS).replace(/^arn:.*:event-bus\//, "");
}

function targetsOf(properties: Properties): Target[] {
  return (properties.Targets ?? []) as Target[];
}

/** A step that was started before a restart finds the resource that it created, and adopts it. */
async function takeOver(creation: Promise<unknown>, context: ResourceContext): Promise<void> {
  await creation.catch((error: unknown) => {
    if (!context.resumed || !isAwsError(error, "ResourceAlreadyExistsException")) throw error;
  });
}

async function putRule(
  Name: string,
  desired: PropertiesOf<"AWS::Events::Rule">,
  context: ResourceContext,
): Promise<string> {
  const EventBusName = busOf(desired);
  const input = {
    ...pick(desired, ["Description", "RoleArn", "ScheduleExpression", "State"]),
    Name,
    EventBusName,
    EventPattern: asText(desired.EventPattern),
    Tags: context.plainTags(desired.Tags),
  };
  const { RuleArn = "" } = await context.call("eventbridge", "PutRule", input);
  const Targets = targetsOf(desired);
  if (Targets.length > 0) await context.call("eventbridge", "PutTargets", { Rule: Name, EventBusName, Targets });
  return RuleArn;
}

function describeRule(name: string, Arn: string, desired: Properties): PhysicalResource {
  const bus = busOf(desired);
  const physicalId = bus === DEFAULT_BUS ? name : `${bus}|${name}`;
  return { physicalId, attributes: { Arn, RuleName: name } };
}

async function putBusPolicy(desired: Properties, context: ResourceContext): Promise<void> {
  if (desired.Policy === undefined) return;
  const EventBusName = String(desired.Name);
  await context.call("eventbridge", "PutPermission", { EventBusName, Policy: asText(desired.Policy) });
}

async function describeBus(Name: string, context: ResourceContext): Promise<PhysicalResource> {
  const { Arn, Policy } = await context.call("eventbridge", "DescribeEventBus", { Name });
  return { physicalId: Name, attributes: { Arn, Name, Policy: Policy ?? "" } };
}

/** A whole statement joins the others; its id is the resource's. */
async function putStatement(
  desired: PropertiesOf<"AWS::Events::EventBusPolicy">,
  context: ResourceContext,
): Promise<void> {
  const EventBusName = busOf(desired);
  const StatementId = desired.StatementId;
  if (desired.Statement === undefined) {
    const input = pick(desired, ["Action", "Principal", "Condition"]);
    await context.call("eventbridge", "PutPermission", { EventBusName, StatementId, ...input });
    return;
  }
  const { Policy = "{}" } = await context.call("eventbridge", "DescribeEventBus", { Name: EventBusName });
  const { Statement = [] } = JSON.parse(Policy) as { Statement?: { Sid?: string }[] };
  const statement = { ...(desired.Statement as object), Sid: StatementId };
  const document = {
    Version: "2012-10-17",
    Statement: [...Statement.filter(({ Sid }) => Sid !== StatementId), statement],
  };
  await context.call("eventbridge", "PutPermission", { EventBusName, Policy: JSON.stringify(document) });
}

function archiveSettings(desired: Properties): object {
  return {
    ...pick(desired, ["Description", "RetentionDays", "KmsKeyIdentifier"]),
    ...(desired.EventPattern !== undefined && { EventPattern: asText(desired.EventPattern) }),
  };
}

async function describeArchive(ArchiveName: string, context: ResourceContext): Promise<PhysicalResource> {
  const { ArchiveArn } = await context.call("eventbridge", "DescribeArchive", { ArchiveName });
  return { physicalId: ArchiveName, attributes: { Arn: ArchiveArn } };
}

function connectionSettings(desired: PropertiesOf<"AWS::Events::Connection">) {
  return pick(desired, ["AuthParameters", "AuthorizationType", "Description", "KmsKeyIdentifier"]);
}

async function describeConnection(Name: string, context: ResourceContext): Promise<PhysicalResource> {
  const { ConnectionArn = "", SecretArn } = await context.call("eventbridge", "DescribeConnection", { Name });
  const ArnForPolicy = ConnectionArn.slice(0, ConnectionArn.lastIndexOf("/"));
  return { physicalId: Name, attributes: { Arn: ConnectionArn, ArnForPolicy, SecretArn } };
}

function destinationSettings(desired: PropertiesOf<"AWS::Events::ApiDestination">) {
  return pick(desired, [
    "ConnectionArn",
    "Description",
    "HttpMethod",
    "InvocationEndpoint",
    "InvocationRateLimitPerSecond",
  ]);
}

async function describeDestination(Name: string, context: ResourceContext): Promise<PhysicalResource> {
  const { ApiDestinationArn = "" } = await context.call("eventbridge", "DescribeApiDestination", { Name });
  const ArnForPolicy = ApiDestinationArn.slice(0, ApiDestinationArn.lastIndexOf("/"));
  return { physicalId: Name, attributes: { Arn: ApiDestinationArn, ArnForPolicy } };
}

function asText(value: unknown): string | undefined {
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}
