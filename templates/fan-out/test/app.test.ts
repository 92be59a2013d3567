import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

async function order(item: string, country: string): Promise<string> {
  const taken = await app.fetch("/orders", { method: "POST", body: JSON.stringify({ item, country }) });
  expect(taken.status).toBe(202);
  const { id } = (await taken.json()) as { id: string };
  return id;
}

test("an order from abroad reaches all subscribers", async () => {
  const id = await order("tea", "NO");
  await eventually(async () =>
    expect(await (await app.fetch(`/orders/${id}`)).json()).toEqual({
      mail: "Thank you for ordering tea",
      tax: "Declared for NO",
      warehouse: "Packed tea",
    }),
  );
});

test("an order from home is not declared", async () => {
  const id = await order("milk", "SE");
  await eventually(async () =>
    expect(await (await app.fetch(`/orders/${id}`)).json()).toEqual({
      mail: "Thank you for ordering milk",
      warehouse: "Packed milk",
    }),
  );
});
