import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestApp, type TestCloud } from "../lib/testing/testing.ts";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy(new URL("..", import.meta.url).pathname);
});
afterAll(() => cloud.stop());

test("the example keeps to-dos", async () => {
  const send = (method: string, path: string, body?: object) =>
    app.fetch(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const created = await send("POST", "/todos", { title: "buy milk" });
  expect(created.status).toBe(201);
  const { id } = (await created.json()) as { id: string };
  expect(await (await app.fetch(`/todos/${id}`)).json()).toMatchObject({ title: "buy milk" });
  expect((await send("DELETE", `/todos/${id}`)).status).toBe(204);
  expect((await app.fetch(`/todos/${id}`)).status).toBe(404);
  expect((await send("POST", "/todos", {})).status).toBe(400);
});

test("an outage of the table that is longer than the SDK tries is answered with 500, in a fork of its own", async () => {
  await using fork = await app.fork();
  const fault = fork.cloud.faults.fail("dynamodb", "Scan");
  expect((await fork.fetch("/todos")).status).toBe(500);
  expect(fault.hits).toBeGreaterThan(1);
  expect((await app.fetch("/todos")).status).toBe(200);
});
