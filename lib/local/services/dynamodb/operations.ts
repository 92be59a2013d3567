import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Engine } from "./context.ts";
import * as batchGetItem from "./items/batch-get-item.ts";
import * as batchWriteItem from "./items/batch-write-item.ts";
import * as deleteItem from "./items/delete-item.ts";
import * as getItem from "./items/get-item.ts";
import * as putItem from "./items/put-item.ts";
import * as query from "./items/query.ts";
import * as scan from "./items/scan.ts";
import * as transactGetItems from "./items/transact-get-items.ts";
import * as transactWriteItems from "./items/transact-write-items.ts";
import * as updateItem from "./items/update-item.ts";
import * as continuousBackups from "./tables/continuous-backups.ts";
import * as contributorInsights from "./tables/contributor-insights.ts";
import * as createTable from "./tables/create-table.ts";
import * as deleteTable from "./tables/delete-table.ts";
import * as describeTable from "./tables/describe-table.ts";
import * as kinesisDestination from "./tables/kinesis-destination.ts";
import * as listTables from "./tables/list-tables.ts";
import * as resourcePolicy from "./tables/resource-policy.ts";
import * as tags from "./tables/tags.ts";
import * as timeToLive from "./tables/time-to-live.ts";
import * as updateTable from "./tables/update-table.ts";
import * as account from "./account.ts";

/** The operations of DynamoDB that are carried. */
export function operationsOf(engine: Engine): Operations<"dynamodb"> {
  return bindOperations("dynamodb", engine, [
    account,
    batchGetItem,
    batchWriteItem,
    deleteItem,
    getItem,
    putItem,
    query,
    scan,
    transactGetItems,
    transactWriteItems,
    updateItem,
    continuousBackups,
    contributorInsights,
    createTable,
    deleteTable,
    describeTable,
    kinesisDestination,
    listTables,
    resourcePolicy,
    tags,
    timeToLive,
    updateTable,
  ]);
}
