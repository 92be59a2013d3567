import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = await starterProject("priority-queue");
  outputs = await deployStarter(project);
});

afterAll(() => project.remove());

type Priority = "urgent" | "normal" | "bulk";

interface Job {
  readonly id: string;
  readonly priority: Priority;
  readonly outcome: string;
}

async function submit(job: string, priority: Priority): Promise<string> {
  const { status, body } = await call<{ id: string }>(outputs["ApiUrl"]!, "POST", "/jobs", { job, priority });
  expect(status).toBe(202);
  return body.id;
}

const done = async () => (await call<Job[]>(outputs["ApiUrl"]!, "GET", "/jobs")).body;
const outcome = async (id: string) => (await done()).find((job) => job.id === id)?.outcome;

const soon = { interval: 100 };
const BACKLOG = 30;

it("urgent jobs overtake a backlog, none is lost, and releases move the worker", async () => {
  const imports = Array.from({ length: BACKLOG }, (_, index) => submit(`import ${index}`, "bulk"));
  await Promise.all(imports);
  const waiting = BACKLOG - (await done()).length;
  expect(waiting).toBeGreaterThan(BACKLOG / 3);
  const urgent = await Promise.all([submit("refund", "urgent"), submit("outage", "urgent")]);
  const refused = await call(outputs["ApiUrl"]!, "POST", "/jobs", { job: "nap", priority: "whenever" });
  expect(refused).toMatchObject({ status: 400, body: { message: '"priority" is one of urgent, normal, bulk.' } });

  await expect.poll(async () => (await done()).length, soon).toBe(BACKLOG + urgent.length);
  const order = (await done()).map(({ id }) => id);
  const overtaken = order.length - 1 - Math.max(...urgent.map((id) => order.indexOf(id)));
  expect(overtaken).toBeGreaterThan(waiting / 3);

  project.edit("functions/work.ts", (text) => text.replace("Done: ", "Finished: "));
  expect(await deployStarter(project)).toEqual(outputs);
  const next = await submit("report", "normal");
  await expect.poll(() => outcome(next), soon).toBe("Finished: report");

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  const last = await submit("report", "normal");
  await expect.poll(() => outcome(last), soon).toBe("Done: report");

  await destroyStarter(project);
});
