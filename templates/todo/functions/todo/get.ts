import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { http, NotFound, pathId, reply } from "./http.ts";
import { client, tableName } from "./table.ts";
import { fromItem } from "./todo.ts";

/** GET /todos/{id} */
export const handler = http(async (event) => {
  const id = pathId(event);
  const { Item: item } = await client.send(new GetItemCommand({ TableName: tableName(), Key: { id: { S: id } } }));
  if (item === undefined) throw new NotFound(`There is no to-do '${id}'.`);
  return reply(200, fromItem(item));
});
