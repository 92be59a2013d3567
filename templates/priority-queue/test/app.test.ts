import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

const submit = (job: string, priority: string) =>
  app.fetch("/jobs", { method: "POST", body: JSON.stringify({ job, priority }) });

test.each(["urgent", "normal", "bulk"])("a job with the priority %s is done", async (priority) => {
  const taken = await submit(`report ${priority}`, priority);
  expect(taken.status).toBe(202);
  const { id } = (await taken.json()) as { id: string };
  const done = { id, priority, outcome: `Done: report ${priority}` };
  await eventually(async () =>
    expect(await (await app.fetch("/jobs")).json()).toContainEqual(expect.objectContaining(done)),
  );
});

test("a job with any other priority is refused", async () => {
  expect((await submit("nap", "whenever")).status).toBe(400);
});
