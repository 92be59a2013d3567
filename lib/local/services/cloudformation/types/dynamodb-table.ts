import type { DescribeTableCommandOutput } from "@aws-sdk/client-dynamodb";
import { isAwsError } from "../../../aws-error.ts";
import type { PhysicalResource, Properties, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { pick, sameValue, tolerate } from "./tolerate.ts";

interface Index {
  readonly IndexName: string;
  readonly KeySchema: unknown;
  readonly Projection: unknown;
  readonly ProvisionedThroughput?: unknown;
}

/** AWS::DynamoDB::Table */
export const dynamodbTable = resource("AWS::DynamoDB::Table", {
  tagging: {
    set: (current, tags, context) =>
      context.call("dynamodb", "TagResource", { ResourceArn: String(current.attributes?.Arn), Tags: [...tags] }),
    remove: (current, TagKeys, context) =>
      context.call("dynamodb", "UntagResource", { ResourceArn: String(current.attributes?.Arn), TagKeys }),
  },
  replaces: (desired, current) => !sameValue(desired.LocalSecondaryIndexes, current.properties.LocalSecondaryIndexes),
  async create(desired, context) {
    const TableName = desired.TableName ?? context.name({ maxLength: 255 });
    const table = await createOrAdopt(TableName, desired, context);
    await waitForActive(TableName, context);
    await applyExtras(TableName, {}, desired, context);
    return physical(TableName, table);
  },
  async update(desired, current, context) {
    const TableName = current.physicalId;
    await updateTable(TableName, desired, current.properties, context);
    await updateIndexes(TableName, desired, current.properties, context);
    await applyExtras(TableName, current.properties, desired, context);
    return physical(TableName, (await context.call("dynamodb", "DescribeTable", { TableName })).Table);
  },
  async delete(current, context) {
    const TableName = current.physicalId;
    const found = await tolerate(context.call("dynamodb", "DescribeTable", { TableName }), "ResourceNotFoundException");
    if (!found) return;
    if (found.Table?.TableStatus !== "DELETING") await context.call("dynamodb", "DeleteTable", { TableName });
    await poll(context, async () => {
      const left = await tolerate(
        context.call("dynamodb", "DescribeTable", { TableName }),
        "ResourceNotFoundException",
      );
      return left === undefined;
    });
  },
});

const CREATE_MEMBERS = [
  "AttributeDefinitions",
  "BillingMode",
  "DeletionProtectionEnabled",
  "GlobalSecondaryIndexes",
  "KeySchema",
  "LocalSecondaryIndexes",
  "OnDemandThroughput",
  "ProvisionedThroughput",
  "TableClass",
  "WarmThroughput",
];

async function createOrAdopt(
  TableName: string,
  desired: PropertiesOf<"AWS::DynamoDB::Table">,
  context: ResourceContext,
) {
  try {
    const made = await context.call("dynamodb", "CreateTable", {
      ...pick<Properties, string>(desired, CREATE_MEMBERS),
      TableName,
      GlobalSecondaryIndexes: desired.GlobalSecondaryIndexes?.map(indexInput),
      SSESpecification: sseInput(desired),
      StreamSpecification: streamInput(desired),
      Tags: context.tags(desired.Tags),
    });
    return made.TableDescription;
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "ResourceInUseException")) throw error;
    return (await context.call("dynamodb", "DescribeTable", { TableName })).Table;
  }
}

function indexInput(index: Properties): Properties {
  const { ContributorInsightsSpecification: _ignored, ...rest } = index;
  return rest;
}

function sseInput(properties: PropertiesOf<"AWS::DynamoDB::Table">): object | undefined {
  const sse = properties.SSESpecification as
    | { SSEEnabled?: boolean; SSEType?: string; KMSMasterKeyId?: string }
    | undefined;
  return sse && { Enabled: sse.SSEEnabled, SSEType: sse.SSEType, KMSMasterKeyId: sse.KMSMasterKeyId };
}

/** The template names a view; the API also needs `StreamEnabled`. */
function streamInput(
  properties: PropertiesOf<"AWS::DynamoDB::Table">,
): { StreamEnabled: boolean; StreamViewType: string } | undefined {
  const stream = properties.StreamSpecification;
  return stream && { StreamEnabled: true, StreamViewType: stream.StreamViewType };
}

function physical(TableName: string, table: DescribeTableCommandOutput["Table"]): PhysicalResource {
  return {
    physicalId: TableName,
    attributes: { Arn: table?.TableArn, StreamArn: table?.LatestStreamArn, TableId: table?.TableId },
  };
}

async function updateTable(
  TableName: string,
  desired: PropertiesOf<"AWS::DynamoDB::Table">,
  before: PropertiesOf<"AWS::DynamoDB::Table">,
  context: ResourceContext,
): Promise<void> {
  const isProvisioned = desired.BillingMode !== "PAY_PER_REQUEST";
  const input: Record<string, unknown> = {};
  for (const name of ["BillingMode", "DeletionProtectionEnabled", "OnDemandThroughput", "TableClass"] as const) {
    if (!sameValue(desired[name], before[name])) input[name] = desired[name] ?? DEFAULTS.get(name);
  }
  const throughputChanged = !sameValue(desired.ProvisionedThroughput, before.ProvisionedThroughput);
  if (isProvisioned && (throughputChanged || input.BillingMode !== undefined))
    input.ProvisionedThroughput = desired.ProvisionedThroughput;
  if (!sameValue(desired.SSESpecification, before.SSESpecification))
    input.SSESpecification = sseInput(desired) ?? { Enabled: false };
  if (Object.keys(input).length > 0) await change(TableName, input, context);
  if (sameValue(desired.StreamSpecification, before.StreamSpecification)) return;
  if (before.StreamSpecification !== undefined) {
    await change(TableName, { StreamSpecification: { StreamEnabled: false } }, context);
  }
  const stream = streamInput(desired);
  if (stream) await change(TableName, { StreamSpecification: stream }, context);
}

const DEFAULTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["BillingMode", "PROVISIONED"],
  ["DeletionProtectionEnabled", false],
  ["OnDemandThroughput", { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 }],
  ["TableClass", "STANDARD"],
]);

/** One index at a time, as DynamoDB requires: removed ones first, then new ones, then throughput. */
async function updateIndexes(
  TableName: string,
  desired: PropertiesOf<"AWS::DynamoDB::Table">,
  before: PropertiesOf<"AWS::DynamoDB::Table">,
  context: ResourceContext,
): Promise<void> {
  const old = new Map((before.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  const wanted = new Map((desired.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  const AttributeDefinitions = desired.AttributeDefinitions;
  const isRemade = (a: Index, b: Index) =>
    !sameValue(a.KeySchema, b.KeySchema) || !sameValue(a.Projection, b.Projection);
  for (const [IndexName, index] of old) {
    const next = wanted.get(IndexName);
    if (next && !isRemade(index, next)) continue;
    await change(TableName, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] }, context);
  }
  for (const [IndexName, index] of wanted) {
    const previous = old.get(IndexName);
    if (!previous || isRemade(previous, index)) {
      const Create = indexInput(index);
      await change(TableName, { AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create }] }, context);
    } else if (!sameValue(previous.ProvisionedThroughput, index.ProvisionedThroughput)) {
      const Update = { IndexName, ProvisionedThroughput: index.ProvisionedThroughput };
      await change(TableName, { GlobalSecondaryIndexUpdates: [{ Update }] }, context);
    }
  }
}

async function change(TableName: string, input: Record<string, unknown>, context: ResourceContext): Promise<void> {
  await context.call("dynamodb", "UpdateTable", { TableName, ...input });
  await waitForActive(TableName, context);
}

/** What DynamoDB takes by operations of their own. */
async function applyExtras(
  TableName: string,
  before: Partial<PropertiesOf<"AWS::DynamoDB::Table">>,
  desired: PropertiesOf<"AWS::DynamoDB::Table">,
  context: ResourceContext,
): Promise<void> {
  if (!sameValue(before.TimeToLiveSpecification, desired.TimeToLiveSpecification)) {
    const old = before.TimeToLiveSpecification;
    const next = desired.TimeToLiveSpecification;
    const TimeToLiveSpecification = next ?? { AttributeName: old!.AttributeName, Enabled: false };
    if (next?.Enabled || old?.Enabled)
      await context.call("dynamodb", "UpdateTimeToLive", { TableName, TimeToLiveSpecification });
  }
  if (!sameValue(before.PointInTimeRecoverySpecification, desired.PointInTimeRecoverySpecification)) {
    const next = desired.PointInTimeRecoverySpecification;
    await context.call("dynamodb", "UpdateContinuousBackups", {
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: next?.PointInTimeRecoveryEnabled ?? false },
    });
  }
  await applyKinesisStream(TableName, before, desired, context);
}

/** One stream at a time: the old one is removed first. */
async function applyKinesisStream(
  TableName: string,
  before: Partial<PropertiesOf<"AWS::DynamoDB::Table">>,
  desired: PropertiesOf<"AWS::DynamoDB::Table">,
  context: ResourceContext,
): Promise<void> {
  const [old, next] = [before, desired].map((each) => each.KinesisStreamSpecification);
  if (sameValue(old, next)) return;
  if (old !== undefined) {
    const input = { TableName, StreamArn: old.StreamArn };
    await tolerate(context.call("dynamodb", "DisableKinesisStreamingDestination", input), "ValidationException");
  }
  if (next === undefined) return;
  const { StreamArn, ...EnableKinesisStreamingConfiguration } = next;
  const input = { TableName, StreamArn, EnableKinesisStreamingConfiguration };
  const enable = context.call("dynamodb", "EnableKinesisStreamingDestination", input);
  await (context.resumed ? tolerate(enable, "ValidationException") : enable);
}

async function waitForActive(TableName: string, context: ResourceContext): Promise<void> {
  await poll(context, async () => {
    const { Table } = await context.call("dynamodb", "DescribeTable", { TableName });
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    return Table?.TableStatus === "ACTIVE" && indexes.every((index) => index.IndexStatus === "ACTIVE");
  });
}

async function poll(context: ResourceContext, isDone: () => Promise<boolean>): Promise<void> {
  for (let waitMs = 1; !(await isDone()); waitMs = Math.min(waitMs * 2, 50)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    context.signal.throwIfAborted();
  }
}
