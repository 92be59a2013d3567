import { afterAll, beforeAll, expect, test } from "vitest";
import { httpApiEvent, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

const send = (method: string, path: string, body?: object) =>
  app.fetch(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });

test("a to-do is created, changed and deleted", async () => {
  const created = await send("POST", "/todos", { title: "buy milk" });
  expect(created.status).toBe(201);
  const { id } = (await created.json()) as { id: string };
  await send("PATCH", `/todos/${id}`, { done: true });
  expect(await (await app.fetch(`/todos/${id}`)).json()).toMatchObject({ title: "buy milk", done: true });
  expect((await send("DELETE", `/todos/${id}`)).status).toBe(204);
  expect((await app.fetch(`/todos/${id}`)).status).toBe(404);
});

test("a to-do without a title is refused", async () => {
  expect((await send("POST", "/todos", {})).status).toBe(400);
});

test("a body that is not JSON is refused, whichever API sends it", async () => {
  const answer = await app.invoke<{ statusCode: number }>("Create", httpApiEvent({ path: "/todos", body: "buy milk" }));
  expect(answer.statusCode).toBe(400);
});

test("an answer survives a throttled table", async () => {
  await using fork = await app.fork();
  const fault = fork.cloud.faults.throttle("dynamodb", "Scan", { times: 1 });
  expect((await fork.fetch("/todos")).status).toBe(200);
  expect(fault.hits).toBe(1);
});
