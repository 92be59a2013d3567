import type { StreamViewType } from "@aws-sdk/client-dynamodb";
import type { Engine } from "../engine.ts";
import { placeOf } from "./table-store.ts";
import type { Table, TableStream } from "./table.ts";

/** Starts a stream of the table's changes, with a label of its own. */
export function openStream(engine: Engine, table: Table, viewType: StreamViewType): TableStream {
  const nowMs = engine.cloud.clock.now();
  const label = new Date(nowMs).toISOString().slice(0, -1);
  const arn = `${table.arn}/stream/${label}`;
  const { id } = engine.changes.put({
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
