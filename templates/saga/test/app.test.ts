import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

const post = (path: string, body: object) => app.fetch(path, { method: "POST", body: JSON.stringify(body) });

async function book(to: string, price: number): Promise<string> {
  const { id } = (await (await post("/trips", { to, price })).json()) as { id: string };
  return id;
}

const reaches = (id: string, status: string) =>
  eventually(async () => expect(await (await app.fetch(`/trips/${id}`)).json()).toMatchObject({ status }));

test("a trip is booked as a whole", async () => {
  await reaches(await book("Oslo", 300), "booked");
});

test("a trip without a room is refused as a whole", async () => {
  await reaches(await book("Atlantis", 300), "refused");
});

test("a person decides about an expensive trip", async () => {
  const id = await book("Rome", 1_500);
  await reaches(id, "waiting");
  expect((await post(`/trips/${id}/decision`, { approved: true })).status).toBe(200);
  await reaches(id, "booked");
});
