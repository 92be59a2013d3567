import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { BadRequest, http, jsonBody, NotFound, pathId, reply } from "./http.ts";
import { client, tableName } from "./table.ts";
import { changeProblem, fromItem, type TodoChange } from "./todo.ts";

/** PATCH /todos/{id} */
export const handler = http(async (event) => {
  const id = pathId(event);
  const change = jsonBody(event);
  const problem = changeProblem(change);
  if (problem !== undefined) throw new BadRequest(problem);
  const { title, done } = change as TodoChange;
  if (title === undefined && done === undefined) throw new BadRequest("Nothing to change: give 'title' or 'done'.");
  return reply(200, fromItem(await update(id, { title, done })));
});

async function update(id: string, { title, done }: TodoChange) {
  const sets = [...(title === undefined ? [] : ["title = :title"]), ...(done === undefined ? [] : ["done = :done"])];
  try {
    const { Attributes: item = {} } = await client.send(
      new UpdateItemCommand({
        TableName: tableName(),
        Key: { id: { S: id } },
        ConditionExpression: "attribute_exists(id)",
        UpdateExpression: `SET ${sets.join(", ")}`,
        ExpressionAttributeValues: {
          ...(title === undefined ? {} : { ":title": { S: title } }),
          ...(done === undefined ? {} : { ":done": { BOOL: done } }),
        },
        ReturnValues: "ALL_NEW",
      }),
    );
    return item;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw new NotFound(`There is no to-do '${id}'.`);
    throw error;
  }
}
