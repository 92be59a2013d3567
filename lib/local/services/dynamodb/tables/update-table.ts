import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { AttributeDefinition, GlobalSecondaryIndexUpdate } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { invalidParameter } from "../errors.ts";
import { checkGlobalIndex } from "./check-table.ts";
import { checkUpdateTable } from "./check-update-table.ts";
import { buildGlobalIndex, TRANSITION_MS } from "./create-table.ts";
import { checkNotBusy } from "./delete-table.ts";
import { describeWithWarmThroughput } from "./describe-table.ts";
import { attributesInUse, schemaOf } from "./table-schema.ts";
import type { GlobalIndex, Table } from "./table.ts";
import { updateStream } from "./table-stream.ts";
import { updateThroughput } from "./update-throughput.ts";

/** Changes a table's capacity, stream, class or protection, or adds or removes one global index. */
export function updateTable(
  engine: Engine,
  input: Input<"dynamodb", "UpdateTable">,
  context: RequestContext,
): Output<"dynamodb", "UpdateTable"> {
  checkUpdateTable(input);
  const table = engine.tables.require(context, input.TableName);
  checkNotBusy(table);
  const nowMs = engine.cloud.clock.now();
  const untilMs = nowMs + TRANSITION_MS;
  const updated = engine.cloud.store.transaction(() => {
    const configured = configure(table, input);
    const paced = updateThroughput(configured, input, nowMs);
    const streamed = updateStream(engine, paced, input.StreamSpecification);
    const attributes = mergeAttributes(streamed, input.AttributeDefinitions);
    const indexed = updateIndexes(
      engine,
      { ...streamed, attributes },
      input.GlobalSecondaryIndexUpdates ?? [],
      untilMs,
    );
    const changed: Table = { ...indexed, transition: { status: "UPDATING", untilMs } };
    engine.tables.save(changed);
    return changed;
  });
  return { TableDescription: describeWithWarmThroughput(engine, updated) };
}

function configure(table: Table, input: Input<"dynamodb", "UpdateTable">): Table {
  return {
    ...table,
    tableClass: input.TableClass ?? table.tableClass,
    deletionProtected: input.DeletionProtectionEnabled ?? table.deletionProtected,
    encryption: input.SSESpecification ?? table.encryption,
    onDemandThroughput: input.OnDemandThroughput ?? table.onDemandThroughput,
    warmThroughput: input.WarmThroughput ?? table.warmThroughput,
  };
}

/** AWS keeps the definitions that there are, and takes those that are new. */
function mergeAttributes(
  table: Table,
  given: readonly Checked<AttributeDefinition>[] = [],
): Checked<AttributeDefinition>[] {
  const known = new Set(given.map(({ AttributeName }) => AttributeName));
  return [...table.attributes.filter(({ AttributeName }) => !known.has(AttributeName)), ...given];
}

/** At most one index comes or goes at a time. */
function updateIndexes(
  engine: Engine,
  table: Table,
  updates: readonly Checked<GlobalSecondaryIndexUpdate>[],
  untilMs: number,
): Table {
  const change = updates.find(({ Create, Delete }) => Create ?? Delete);
  const updated = {
    ...table,
    globalIndexes: change?.Create
      ? [...table.globalIndexes, createIndex(engine, table, change.Create, untilMs)]
      : change?.Delete
        ? deleteIndex(engine, table, change.Delete.IndexName, untilMs)
        : table.globalIndexes,
  };
  return { ...updated, attributes: attributesInUse(updated) };
}

function createIndex(
  engine: Engine,
  table: Table,
  create: NonNullable<Checked<GlobalSecondaryIndexUpdate>["Create"]>,
  untilMs: number,
): GlobalIndex {
  const taken = [...table.globalIndexes, ...table.localIndexes].some(({ name }) => name === create.IndexName);
  if (taken) throw invalidParameter(`Attempting to create an index which already exists: ${create.IndexName}`);
  checkGlobalIndex(create, table.attributes, table.billingMode === "PAY_PER_REQUEST");
  const index: GlobalIndex = { ...buildGlobalIndex(engine, create), transition: { status: "CREATING", untilMs } };
  const schema = schemaOf({ ...table, globalIndexes: [index], localIndexes: [] }).indexes[0]!;
  engine.rows.fillIndex(table, schema);
  return index;
}

function deleteIndex(engine: Engine, table: Table, name: string, untilMs: number): GlobalIndex[] {
  const index = table.globalIndexes.find((one) => one.name === name);
  if (!index) throw new AwsError("ResourceNotFoundException", "Requested resource not found");
  engine.rows.emptyIndex(index);
  return table.globalIndexes.map((one) =>
    one === index ? Object.assign({}, one, { transition: { status: "DELETING" as const, untilMs } }) : one,
  );
}
