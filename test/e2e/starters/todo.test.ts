import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = await starterProject("todo");
  outputs = await deployStarter(project);
});

afterAll(() => project.remove());

interface Todo {
  readonly id: string;
  readonly title: string;
}

const create = async (title: string) => (await call<Todo>(outputs["ApiUrl"]!, "POST", "/todos", { title })).body;

it("a to-do is written down and found again, and a release changes how", async () => {
  const first = await create("buy milk");
  expect((await call<Todo>(outputs["ApiUrl"]!, "GET", `/todos/${first.id}`)).body.title).toBe("buy milk");

  project.edit("functions/todo/create.ts", (text) => text.replace("randomUUID()", "`second-${randomUUID()}`"));
  expect(await deployStarter(project)).toEqual(outputs);
  expect((await create("buy tea")).id).toMatch(/^second-/);

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  expect((await create("buy salt")).id).not.toMatch(/^second-/);

  await destroyStarter(project);
});
