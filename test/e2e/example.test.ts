import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleProject, type TestProject } from "../helpers/project.ts";
import { call } from "../helpers/todo-client.ts";

interface Deployed {
  readonly unchanged: boolean;
  readonly stacks: readonly { readonly outputs: Record<string, string>; readonly outcome: string }[];
}

let project: TestProject;
let url: string;

beforeAll(async () => {
  project = exampleProject();
  const { stacks } = await project.json<Deployed>("deploy");
  url = stacks[0]!.outputs["ApiUrl"]!;
});

afterAll(() => project.remove());

describe("the to-do app on the local cloud", () => {
  it("creates, reads, lists, updates and deletes to-dos", async () => {
    const created = await call<{ id: string; title: string }>(url, "POST", "/todos", { title: "buy milk" });
    expect(created).toMatchObject({ status: 201, body: { id: expect.any(String), title: "buy milk" } });
    const path = `/todos/${created.body.id}`;
    expect(await call(url, "GET", path)).toMatchObject({ status: 200, body: { title: "buy milk" } });
    expect(JSON.stringify((await call(url, "GET", "/todos")).body)).toContain(created.body.id);
    expect(await call(url, "PATCH", path, { done: true })).toMatchObject({ status: 200, body: { done: true } });
    expect((await call(url, "DELETE", path)).status).toBe(204);
    expect((await call(url, "GET", path)).status).toBe(404);
  });

  it("fails when the input is bad or the item is missing", async () => {
    expect((await call(url, "POST", "/todos", { title: "" })).status).toBe(400);
    expect((await call(url, "POST", "/todos", { title: 7 })).status).toBe(400);
    expect((await call(url, "PATCH", "/todos/none", { done: true })).status).toBe(404);
    expect((await call(url, "DELETE", "/todos/none")).status).toBe(404);
    expect((await call(url, "GET", "/nothing")).status).toBe(404);
  });

  it("touches nothing when it is deployed again unchanged", async () => {
    const again = await project.json<Deployed>("deploy");
    expect(again).toMatchObject({ unchanged: true, stacks: [{ outcome: "unchanged" }] });
    expect(again.stacks[0]!.outputs["ApiUrl"]).toBe(url);
  });

  it("has its to-dos still after kill -9 of the local cloud and a new start", async () => {
    const { body } = await call<{ id: string }>(url, "POST", "/todos", { title: "survive" });
    const { pid, endpoint } = await project.json<{ pid: number; endpoint: string }>("local", "status");
    process.kill(pid, "SIGKILL");
    const port = new URL(endpoint).port;
    const started = await project.json<{ endpoint: string }>("local", "start", "--port", port);
    expect(started.endpoint).toBe(endpoint);
    expect(await call(url, "GET", `/todos/${body.id}`)).toMatchObject({ status: 200, body: { title: "survive" } });
  });
});
