import { randomUUID } from "node:crypto";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { BadRequest, http, jsonBody, reply } from "./http.ts";
import { client, tableName } from "./table.ts";
import { changeProblem, type Todo, type TodoChange, toItem } from "./todo.ts";

/** POST /todos */
export const handler = http(async (event) => {
  const change = jsonBody(event);
  const problem = changeProblem(change);
  if (problem !== undefined) throw new BadRequest(problem);
  const { title, done } = change as TodoChange;
  if (title === undefined) throw new BadRequest("'title' is missing.");
  const todo: Todo = { id: randomUUID(), title, done: done ?? false, createdAt: new Date().toISOString() };
  await client.send(new PutItemCommand({ TableName: tableName(), Item: toItem(todo) }));
  return reply(201, todo);
});
