import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

const send = (command: object) => app.fetch("/commands", { method: "POST", body: JSON.stringify(command) });

test("each client gets the version that it names", async () => {
  const quote = async (version: number) => (await send({ command: "quote", version, input: { grams: 1_000 } })).json();
  expect(await quote(1)).toMatchObject({ result: { price: 6 } });
  expect(await quote(2)).toMatchObject({ result: { amount: "5.50", currency: "EUR" } });
  expect((await send({ command: "quote", version: 3 })).status).toBe(404);
});

test("a client that does not wait gets its parcel later", async () => {
  const sent = await send({ command: "ship", version: 1, call: "async", input: { grams: 900 } });
  expect(sent.status).toBe(202);
  const { id } = (await sent.json()) as { id: string };
  await eventually(async () => expect(await (await app.fetch(`/parcels/${id}`)).json()).toMatchObject({ grams: 900 }));
});
