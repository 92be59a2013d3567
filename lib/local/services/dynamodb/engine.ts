import { ChangeStreams } from "../../change-stream.ts";
import type { Cloud } from "../../service.ts";
import { ItemRows } from "./rows/item-rows.ts";
import { createSchema } from "./rows/schema.ts";
import { TableStore } from "./tables/table-store.ts";

/** What the operations work with. */
export interface Engine {
  readonly cloud: Cloud;
  readonly tables: TableStore;
  readonly rows: ItemRows;
  readonly changes: ChangeStreams;
}

export function openEngine(cloud: Cloud): Engine {
  createSchema(cloud.store);
  return {
    cloud,
    tables: new TableStore(cloud),
    rows: new ItemRows(cloud.store),
    changes: new ChangeStreams(cloud.store),
  };
}
