import { ChangeStreams } from "../../state/change-stream.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Cloud } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { openKinesisDeliveries, type KinesisDelivery } from "./kinesis-deliveries.ts";
import { ItemRows } from "./rows/item-rows.ts";
import { createSchema } from "./rows/schema.ts";
import { TableStore } from "./tables/table-store.ts";

/** A request that was carried out under a token. */
export interface UsedToken {
  readonly digest: string;
  readonly usedMs: number;
}

/** What the operations work with. */
export interface Engine {
  readonly cloud: Cloud;
  readonly tables: TableStore;
  readonly rows: ItemRows;
  readonly changes: ChangeStreams;
  /** Changes that are still to be put into Kinesis streams. */
  readonly kinesis: Outbox<KinesisDelivery>;
  /** Transactions that were carried out under a token, by region and token. */
  readonly tokens: Collection<UsedToken>;
}

/** Opens the tables and items of DynamoDB. */
export function openEngine(cloud: Cloud): Engine {
  createSchema(cloud.store);
  return {
    cloud,
    tables: new TableStore(cloud),
    rows: new ItemRows(cloud.store),
    changes: new ChangeStreams(cloud.store),
    kinesis: openKinesisDeliveries(cloud),
    tokens: cloud.store.collection("dynamodb.tokens"),
  };
}
