import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { BadRequest, http, reply } from "./http.ts";
import { client, tableName } from "./table.ts";
import { fromItem } from "./todo.ts";

const PAGE_SIZE = 100;

/** GET /todos: a page of to-dos, and where the next one starts. */
export const handler = http(async (event) => {
  const after = event.queryStringParameters?.["after"];
  if (after === "") throw new BadRequest("'after' is empty; give the 'next' of the page before.");
  const page = await client.send(
    new ScanCommand({
      TableName: tableName(),
      Limit: PAGE_SIZE,
      ExclusiveStartKey: after === undefined ? undefined : { id: { S: after } },
    }),
  );
  return reply(200, { todos: (page.Items ?? []).map(fromItem), next: page.LastEvaluatedKey?.["id"]?.S });
});
