import { ConditionalCheckFailedException, DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { http, NotFound, pathId, reply } from "./http.ts";
import { client, tableName } from "./table.ts";

/** DELETE /todos/{id} */
export const handler = http(async (event) => {
  const id = pathId(event);
  try {
    await client.send(
      new DeleteItemCommand({
        TableName: tableName(),
        Key: { id: { S: id } },
        ConditionExpression: "attribute_exists(id)",
      }),
    );
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw new NotFound(`There is no to-do '${id}'.`);
    throw error;
  }
  return reply(204);
});
