import type { Cloud, LocalService, Operations } from "../../service.ts";
import { openEngine, type Engine } from "./engine.ts";
import { deleteItem } from "./items/delete-item.ts";
import { getItem } from "./items/get-item.ts";
import { putItem } from "./items/put-item.ts";
import { query } from "./items/query.ts";
import { scan } from "./items/scan.ts";
import { updateItem } from "./items/update-item.ts";
import { createTable } from "./tables/create-table.ts";
import { deleteTable } from "./tables/delete-table.ts";
import { describeTable } from "./tables/describe-table.ts";
import { listTables } from "./tables/list-tables.ts";

/** DynamoDB: our own engine on the cloud's SQLite file. See the README for what it leaves out. */
export function createDynamodb(cloud: Cloud): LocalService<"dynamodb"> {
  return { name: "dynamodb", operations: buildOperations(openEngine(cloud)) };
}

function buildOperations(engine: Engine): Operations<"dynamodb"> {
  return {
    CreateTable: (input, context) => createTable(engine, input, context),
    DescribeTable: (input, context) => describeTable(engine, input, context),
    DeleteTable: (input, context) => deleteTable(engine, input, context),
    ListTables: (input, context) => listTables(engine, input, context),

    PutItem: (input, context) => putItem(engine, input, context),
    GetItem: (input, context) => getItem(engine, input, context),
    UpdateItem: (input, context) => updateItem(engine, input, context),
    DeleteItem: (input, context) => deleteItem(engine, input, context),
    Query: (input, context) => query(engine, input, context),
    Scan: (input, context) => scan(engine, input, context),
  };
}
