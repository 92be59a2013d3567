import type { Cloud, LocalService, Operations } from "../../service.ts";
import { describeEndpoints, describeLimits } from "./account.ts";
import { openEngine, type Engine } from "./context.ts";
import { batchGetItem } from "./items/batch-get-item.ts";
import { batchWriteItem } from "./items/batch-write-item.ts";
import { deleteItem } from "./items/delete-item.ts";
import { getItem } from "./items/get-item.ts";
import { putItem } from "./items/put-item.ts";
import { query } from "./items/query.ts";
import { scan } from "./items/scan.ts";
import { transactGetItems } from "./items/transact-get-items.ts";
import { transactWriteItems } from "./items/transact-write-items.ts";
import { updateItem } from "./items/update-item.ts";
import { describeContinuousBackups, updateContinuousBackups } from "./tables/continuous-backups.ts";
import { describeContributorInsights, updateContributorInsights } from "./tables/contributor-insights.ts";
import { Sweeper } from "./sweep.ts";
import { createTable } from "./tables/create-table.ts";
import { deleteTable } from "./tables/delete-table.ts";
import { describeTable } from "./tables/describe-table.ts";
import {
  describeKinesisDestination,
  disableKinesisDestination,
  enableKinesisDestination,
  updateKinesisDestination,
} from "./tables/kinesis-destination.ts";
import { listTables } from "./tables/list-tables.ts";
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from "./tables/resource-policy.ts";
import { listTagsOfResource, tagResource, untagResource } from "./tables/tags.ts";
import { describeTimeToLive, updateTimeToLive } from "./tables/time-to-live.ts";
import { updateTable } from "./tables/update-table.ts";

/** DynamoDB: our own engine on the cloud's SQLite file. See the README for what it leaves out. */
export function createDynamodb(cloud: Cloud): LocalService<"dynamodb"> {
  const engine = openEngine(cloud);
  const sweeper = new Sweeper(engine);
  return {
    name: "dynamodb",
    operations: buildOperations(engine),
    start: () => {
      sweeper.start();
      engine.kinesis.start();
    },
    stop: () => {
      sweeper.stop();
      engine.kinesis.stop();
    },
  };
}

function buildOperations(engine: Engine): Operations<"dynamodb"> {
  return {
    CreateTable: (input, context) => createTable(engine, input, context),
    DescribeTable: (input, context) => describeTable(engine, input, context),
    DeleteTable: (input, context) => deleteTable(engine, input, context),
    ListTables: (input, context) => listTables(engine, input, context),
    UpdateTable: (input, context) => updateTable(engine, input, context),
    TagResource: (input, context) => tagResource(engine, input, context),
    UntagResource: (input, context) => untagResource(engine, input, context),
    ListTagsOfResource: (input, context) => listTagsOfResource(engine, input, context),
    UpdateTimeToLive: (input, context) => updateTimeToLive(engine, input, context),
    DescribeTimeToLive: (input, context) => describeTimeToLive(engine, input, context),
    UpdateContinuousBackups: (input, context) => updateContinuousBackups(engine, input, context),
    DescribeContinuousBackups: (input, context) => describeContinuousBackups(engine, input, context),
    UpdateContributorInsights: (input, context) => updateContributorInsights(engine, input, context),
    DescribeContributorInsights: (input, context) => describeContributorInsights(engine, input, context),
    EnableKinesisStreamingDestination: (input, context) => enableKinesisDestination(engine, input, context),
    DisableKinesisStreamingDestination: (input, context) => disableKinesisDestination(engine, input, context),
    UpdateKinesisStreamingDestination: (input, context) => updateKinesisDestination(engine, input, context),
    DescribeKinesisStreamingDestination: (input, context) => describeKinesisDestination(engine, input, context),
    PutResourcePolicy: (input, context) => putResourcePolicy(engine, input, context),
    GetResourcePolicy: (input, context) => getResourcePolicy(engine, input, context),
    DeleteResourcePolicy: (input, context) => deleteResourcePolicy(engine, input, context),
    DescribeLimits: () => describeLimits(),
    DescribeEndpoints: () => describeEndpoints(engine.cloud),

    PutItem: (input, context) => putItem(engine, input, context),
    GetItem: (input, context) => getItem(engine, input, context),
    UpdateItem: (input, context) => updateItem(engine, input, context),
    DeleteItem: (input, context) => deleteItem(engine, input, context),
    Query: (input, context) => query(engine, input, context),
    Scan: (input, context) => scan(engine, input, context),

    BatchGetItem: (input, context) => batchGetItem(engine, input, context),
    BatchWriteItem: (input, context) => batchWriteItem(engine, input, context),
    TransactGetItems: (input, context) => transactGetItems(engine, input, context),
    TransactWriteItems: (input, context) => transactWriteItems(engine, input, context),
  };
}
