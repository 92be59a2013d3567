import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import { createHash } from "node:crypto";
import type {
  GlobalSecondaryIndexDescription,
  LocalSecondaryIndexDescription,
  ProvisionedThroughputDescription,
  TableDescription,
  TableWarmThroughputDescription,
} from "@aws-sdk/client-dynamodb";
import type { Cloud, RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import type { ItemTotals } from "../rows/item-rows.ts";
import type { GlobalIndex, Index, Table, Throughput } from "./table.ts";
import { placeOf } from "./table-store.ts";

/**
 * Waits for what is under way (a few milliseconds), as the SDK's waiters look once and then only every 20 seconds.
 */
export async function describeTable(
  engine: Engine,
  input: Input<"dynamodb", "DescribeTable">,
  context: RequestContext,
): Promise<Output<"dynamodb", "DescribeTable">> {
  new RequestChecks().tableName(input.TableName).done();
  const { tables, cloud } = engine;
  const underWay = tables.find(context, input.TableName)?.transition;
  if (underWay) await waitUntil(cloud, underWay.untilMs);
  const table = tables.require(context, input.TableName);
  return { Table: describeWithWarmThroughput(engine, table) };
}

/** Not for long, should the cloud's time pass slowly: then the table is described as it is. */
const LONGEST_WAIT_MS = 50;

async function waitUntil({ clock }: Cloud, epochMs: number): Promise<void> {
  const tooLong = AbortSignal.timeout(LONGEST_WAIT_MS);
  await clock.sleep(epochMs - clock.now(), tooLong).catch(() => undefined);
}

/** A table as CreateTable and DeleteTable answer it. */
export function describe(engine: Engine, table: Table): Checked<TableDescription> {
  const totals = engine.rows.totals(table.id);
  return {
    AttributeDefinitions: [...table.attributes],
    TableName: table.name,
    KeySchema: [...table.keySchema],
    CreationDateTime: new Date(table.createdMs),
    ...describeState(table, totals),
    ...(table.billingMode === "PAY_PER_REQUEST" && { BillingModeSummary: describeBilling(table) }),
    ...(table.onDemandThroughput && { OnDemandThroughput: table.onDemandThroughput }),
    ...(table.tableClass && { TableClassSummary: { TableClass: table.tableClass } }),
    ...(table.localIndexes.length > 0 && {
      LocalSecondaryIndexes: table.localIndexes.map((index) => describeIndex(engine, table, index)),
    }),
    ...(table.globalIndexes.length > 0 && {
      GlobalSecondaryIndexes: table.globalIndexes.map((index) => describeGlobalIndex(engine, table, index)),
    }),
    ...describeStream(table),
    ...(table.encryption?.Enabled && { SSEDescription: describeEncryption(table) }),
  };
}

/** What DeleteTable answers: a table that has no schema any more. */
export function describeState(table: Table, totals: ItemTotals): Checked<TableDescription> {
  return {
    TableName: table.name,
    TableStatus: table.transition?.status ?? "ACTIVE",
    ProvisionedThroughput: describeThroughput(table.throughput),
    TableSizeBytes: totals.bytes,
    ItemCount: totals.items,
    TableArn: table.arn,
    TableId: table.uuid,
    DeletionProtectionEnabled: table.deletionProtected,
  };
}

/** Since when a table is on demand shows once it is made. */
function describeBilling(table: Table): Checked<TableDescription>["BillingModeSummary"] {
  return {
    BillingMode: table.billingMode,
    ...(table.onDemandSinceMs !== undefined &&
      table.transition?.status !== "CREATING" && {
        LastUpdateToPayPerRequestDateTime: new Date(table.onDemandSinceMs),
      }),
  };
}

function describeThroughput(throughput: Throughput): ProvisionedThroughputDescription {
  return {
    ...(throughput.increasedMs !== undefined && { LastIncreaseDateTime: new Date(throughput.increasedMs) }),
    ...(throughput.decreasedMs !== undefined && { LastDecreaseDateTime: new Date(throughput.decreasedMs) }),
    NumberOfDecreasesToday: throughput.decreasesToday,
    ReadCapacityUnits: throughput.readUnits,
    WriteCapacityUnits: throughput.writeUnits,
  };
}

function describeIndex(engine: Engine, table: Table, index: Index): Checked<LocalSecondaryIndexDescription> {
  const totals = engine.rows.indexTotals(table, index);
  return {
    IndexName: index.name,
    KeySchema: [...index.keySchema],
    Projection: index.projection,
    IndexSizeBytes: totals.bytes,
    ItemCount: totals.items,
    IndexArn: `${table.arn}/index/${index.name}`,
  };
}

function describeGlobalIndex(
  engine: Engine,
  table: Table,
  index: GlobalIndex,
): Checked<GlobalSecondaryIndexDescription> {
  return {
    ...describeIndex(engine, table, index),
    IndexStatus: index.transition?.status ?? (table.transition?.status === "CREATING" ? "CREATING" : "ACTIVE"),
    ...(index.transition?.status === "CREATING" && { Backfilling: true }),
    ProvisionedThroughput: describeThroughput(index.throughput),
    ...(index.onDemandThroughput && { OnDemandThroughput: index.onDemandThroughput }),
  };
}

function describeStream({ stream, lastStream }: Table): Partial<Checked<TableDescription>> {
  const latest = stream ?? lastStream;
  return {
    ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType } }),
    ...(latest && { LatestStreamLabel: latest.label, LatestStreamArn: latest.arn }),
  };
}

function describeEncryption(table: Table): Checked<TableDescription>["SSEDescription"] {
  const { region, account } = placeOf(table);
  const key = table.encryption?.KMSMasterKeyId;
  const arn = key?.startsWith("arn:")
    ? key
    : `arn:aws:kms:${region}:${account}:key/${key ?? managedKeyId(region, account)}`;
  return { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: arn };
}

/** The id of the account's key for DynamoDB: always the same one, as in AWS. */
function managedKeyId(region: string, account: string): string {
  const digest = createHash("sha256").update(`aws/dynamodb ${region} ${account}`).digest("hex");
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What an on-demand table takes at once: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html */
const ON_DEMAND_READS = 12_000;
const ON_DEMAND_WRITES = 4_000;

/** A table as DescribeTable and UpdateTable answer it: only they give how warm it is. */
export function describeWithWarmThroughput(engine: Engine, table: Table): Checked<TableDescription> {
  const warm = ({ throughput, warmThroughput }: Table | GlobalIndex): TableWarmThroughputDescription => ({
    ReadUnitsPerSecond:
      warmThroughput?.ReadUnitsPerSecond ??
      (table.billingMode === "PAY_PER_REQUEST" ? ON_DEMAND_READS : throughput.readUnits),
    WriteUnitsPerSecond:
      warmThroughput?.WriteUnitsPerSecond ??
      (table.billingMode === "PAY_PER_REQUEST" ? ON_DEMAND_WRITES : throughput.writeUnits),
    Status: "ACTIVE",
  });
  const description = describe(engine, table);
  return {
    ...description,
    WarmThroughput: warm(table),
    ...(description.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: description.GlobalSecondaryIndexes.map((index, at) =>
        Object.assign(index, { WarmThroughput: warm(table.globalIndexes[at]!) }),
      ),
    }),
  };
}
