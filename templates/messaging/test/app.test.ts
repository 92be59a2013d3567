import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

const order = (item: string) => app.fetch("/orders", { method: "POST", body: JSON.stringify({ item }) });

test("an order goes through the queue into the table", async () => {
  const taken = await order("tea");
  expect(taken.status).toBe(202);
  const { id } = (await taken.json()) as { id: string };
  await eventually(async () =>
    expect(await (await app.fetch(`/orders/${id}`)).json()).toMatchObject({ packedBy: "worker" }),
  );
});

test("an order without an item is refused", async () => {
  expect((await order("")).status).toBe(400);
});

test("an order that fails five times is kept among the dead letters", async () => {
  await order("poison");
  await eventually(async () => {
    // The visibility timeout of the queue.
    await cloud.clock.advance("2m");
    expect(app.queue("Queue/DeadLetters").received()).toMatchObject([{ json: { item: "poison" } }]);
  });
});
