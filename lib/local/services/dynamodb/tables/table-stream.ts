import type { Checked } from "../../../kit/checked.ts";
import type { StreamSpecification, StreamViewType } from "@aws-sdk/client-dynamodb";
import type { Engine } from "../context.ts";
import { invalidParameter, validationError } from "../errors.ts";
import { placeOf } from "./table-store.ts";
import type { Table, TableStream } from "./table.ts";

/** Starts a stream of the table's changes, with a label of its own. */
export function openStream(engine: Engine, table: Table, viewType: StreamViewType): TableStream {
  const nowMs = engine.cloud.clock.now();
  const label = new Date(nowMs).toISOString().slice(0, -1);
  const arn = `${table.arn}/stream/${label}`;
  const { id } = engine.changes.create({
    arn,
    label,
    region: placeOf(table).region,
    tableName: table.name,
    viewType,
    keySchema: table.keySchema,
    createdMs: nowMs,
  });
  return { id, arn, label, viewType };
}

/** The table with its stream switched on or off. */
export function updateStream(engine: Engine, table: Table, wanted: Checked<StreamSpecification> | undefined): Table {
  if (!wanted) return table;
  if (wanted.StreamEnabled) {
    if (table.stream) throw validationError("Table already has an enabled stream: TableName: " + table.name);
    if (!wanted.StreamViewType) throw invalidParameter("StreamViewType must be specified when StreamEnabled is true");
    return { ...table, stream: openStream(engine, table, wanted.StreamViewType) };
  }
  if (!table.stream) throw validationError(`Table has no enabled stream to disable: TableName: ${table.name}`);
  engine.changes.disable(table.stream.arn, engine.cloud.clock.now());
  return { ...table, stream: undefined, lastStream: table.stream };
}
