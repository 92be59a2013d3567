import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpRequest, HttpResponse } from "../../functions/todo/http.ts";
import type { Todo } from "../../functions/todo/todo.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";

type Handler = (request: HttpRequest) => Promise<HttpResponse>;
type Verb = "create" | "list" | "get" | "update" | "delete";

let cloud: TestCloud;
const handlers = new Map<Verb, Handler>();

beforeAll(async () => {
  cloud = await startTestCloud();
  await cloud.client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: "todos",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  Object.assign(process.env, {
    TABLE_NAME: "todos",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  for (const verb of ["create", "list", "get", "update", "delete"] as const) {
    handlers.set(verb, ((await import(`../../functions/todo/${verb}.ts`)) as { handler: Handler }).handler);
  }
});
afterAll(() => cloud.stop());

async function call(verb: Verb, request: HttpRequest = {}) {
  const { statusCode, body } = await handlers.get(verb)!(request);
  return { status: statusCode, body: body === undefined ? undefined : (JSON.parse(body) as unknown) };
}

async function create(title: string): Promise<Todo> {
  return (await call("create", { body: JSON.stringify({ title }) })).body as Todo;
}

const at = (id: string, body?: unknown) => ({
  pathParameters: { id },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

describe("the to-do app", () => {
  test("creates, reads, changes and deletes a to-do", async () => {
    const todo = await create("buy milk");
    expect(todo).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      title: "buy milk",
      done: false,
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(await call("get", at(todo.id))).toEqual({ status: 200, body: todo });
    const changed = { ...todo, done: true };
    expect(await call("update", at(todo.id, { done: true }))).toEqual({ status: 200, body: changed });
    expect(await call("update", at(todo.id, { title: "buy oat milk" }))).toMatchObject({
      body: { ...changed, title: "buy oat milk" },
    });
    expect(await call("delete", at(todo.id))).toEqual({ status: 204, body: undefined });
    expect(await call("get", at(todo.id))).toMatchObject({ status: 404 });
  });

  test("lists all of them, page by page", async () => {
    const made = await Promise.all(Array.from({ length: 120 }, (_, index) => create(`to-do ${index}`)));
    const first = (await call("list")).body as { todos: Todo[]; next: string };
    const second = (await call("list", { queryStringParameters: { after: first.next } })).body as { todos: Todo[] };
    expect(first.todos).toHaveLength(100);
    const listed = new Set([...first.todos, ...second.todos].map(({ id }) => id));
    expect(made.every(({ id }) => listed.has(id))).toBe(true);
  });

  test("takes a body in base64", async () => {
    const body = Buffer.from('{"title":"über"}').toString("base64");
    expect(await call("create", { body, isBase64Encoded: true })).toMatchObject({
      status: 201,
      body: { title: "über" },
    });
  });

  test.each<[string, Verb, HttpRequest, number, string]>([
    ["no body", "create", {}, 400, "The body is empty"],
    ["no JSON", "create", { body: "{" }, 400, "The body is not JSON"],
    ["no object", "create", { body: "[]" }, 400, "The body must be a JSON object."],
    ["no title", "create", { body: "{}" }, 400, "'title' is missing."],
    ["an empty title", "create", { body: '{"title":" "}' }, 400, "'title' must be text of 1 to 200 characters."],
    ["a long title", "create", { body: JSON.stringify({ title: "x".repeat(201) }) }, 400, "'title' must be text"],
    ["a number for a title", "create", { body: '{"title":1}' }, 400, "'title' must be text"],
    ["a word for done", "create", { body: '{"title":"x","done":"yes"}' }, 400, "'done' must be true or false."],
    ["an unknown field", "create", { body: '{"title":"x","owner":"me"}' }, 400, "Unknown: owner."],
    ["no change", "update", at("x", {}), 400, "Nothing to change"],
    ["no id", "get", {}, 400, "The path names no id."],
    ["an empty cursor", "list", { queryStringParameters: { after: "" } }, 400, "'after' is empty"],
    ["an unknown id to read", "get", at("none"), 404, "There is no to-do 'none'."],
    ["an unknown id to change", "update", at("none", { done: true }), 404, "There is no to-do 'none'."],
    ["an unknown id to delete", "delete", at("none"), 404, "There is no to-do 'none'."],
  ])("refuses %s", async (_, verb, event, status, message) => {
    expect(await call(verb, event)).toEqual({ status, body: { message: expect.stringContaining(message) } });
  });
});
