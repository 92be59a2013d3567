import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import { randomUUID } from "node:crypto";
import type { GlobalSecondaryIndex, LocalSecondaryIndex, ProvisionedThroughput } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { checkCreateTable } from "./check-table.ts";
import { describe } from "./describe-table.ts";
import type { GlobalIndex, Index, Table, Throughput } from "./table.ts";
import { tableNameOf } from "./table-store.ts";
import { buildPolicy } from "./resource-policy.ts";
import { openStream } from "./table-stream.ts";

/** How long making, changing or deleting a table takes, in the cloud's time. */
export const TRANSITION_MS = 5;

/** Creates a table, which is `CREATING` for a moment. `ResourceInUseException` where its name is taken. */
export function createTable(
  engine: Engine,
  input: Input<"dynamodb", "CreateTable">,
  context: RequestContext,
): Output<"dynamodb", "CreateTable"> {
  checkCreateTable(input);
  const existing = engine.tables.find(context, input.TableName);
  if (existing) throw new AwsError("ResourceInUseException", `Table already exists: ${existing.name}`);
  const table = buildTable(engine, input, context);
  const view = input.StreamSpecification?.StreamEnabled ? input.StreamSpecification.StreamViewType! : undefined;
  const created = view ? { ...table, stream: openStream(engine, table, view) } : table;
  engine.tables.save(created);
  return { TableDescription: describe(engine, created) };
}

/** A global index as it is kept. */
export function buildGlobalIndex(engine: Engine, index: Checked<GlobalSecondaryIndex>): GlobalIndex {
  return {
    ...buildIndex(engine, index),
    throughput: buildThroughput(index.ProvisionedThroughput),
    onDemandThroughput: index.OnDemandThroughput,
    warmThroughput: index.WarmThroughput,
  };
}

function buildThroughput(throughput: Checked<ProvisionedThroughput> | undefined): Throughput {
  return {
    readUnits: throughput?.ReadCapacityUnits ?? 0,
    writeUnits: throughput?.WriteCapacityUnits ?? 0,
    decreasesToday: 0,
  };
}

function buildTable(
  engine: Engine,
  input: Input<"dynamodb", "CreateTable">,
  { region, account }: RequestContext,
): Table {
  const nowMs = engine.cloud.clock.now();
  const name = tableNameOf(input.TableName);
  const onDemand = input.BillingMode === "PAY_PER_REQUEST";
  return {
    id: engine.tables.nextId(),
    name,
    arn: `arn:aws:dynamodb:${region}:${account}:table/${name}`,
    uuid: randomUUID(),
    createdMs: nowMs,
    attributes: input.AttributeDefinitions!,
    keySchema: input.KeySchema!,
    billingMode: input.BillingMode ?? "PROVISIONED",
    ...(onDemand && { onDemandSinceMs: nowMs }),
    throughput: buildThroughput(input.ProvisionedThroughput),
    onDemandThroughput: input.OnDemandThroughput,
    warmThroughput: input.WarmThroughput,
    localIndexes: (input.LocalSecondaryIndexes ?? []).map((index) => buildIndex(engine, index)),
    globalIndexes: (input.GlobalSecondaryIndexes ?? []).map((index) => buildGlobalIndex(engine, index)),
    encryption: input.SSESpecification,
    tableClass: input.TableClass,
    deletionProtected: input.DeletionProtectionEnabled ?? false,
    tags: input.Tags ?? [],
    ...(input.ResourcePolicy && { resourcePolicy: buildPolicy(input.ResourcePolicy) }),
    transition: { status: "CREATING", untilMs: nowMs + TRANSITION_MS },
  };
}

function buildIndex(engine: Engine, index: Checked<LocalSecondaryIndex> | Checked<GlobalSecondaryIndex>): Index {
  return {
    id: engine.tables.nextId(),
    name: index.IndexName,
    keySchema: index.KeySchema,
    projection: index.Projection,
  };
}
