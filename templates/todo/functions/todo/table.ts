import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** One client for all calls of an execution environment: it keeps its connections open. */
export const client = new DynamoDBClient({});

/** The table's name, which the app's stack puts into the environment. */
export function tableName(): string {
  const name = process.env["TABLE_NAME"];
  if (name === undefined) throw new Error("TABLE_NAME is not set: the function was deployed without its table.");
  return name;
}
