import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

const read = (sensor: string, value: unknown) =>
  app.fetch("/readings", { method: "POST", body: JSON.stringify({ sensor, value }) });

test("readings are counted minute by minute", async () => {
  for (const value of [20, 22, 27]) expect((await read("roof", value)).status).toBe(202);
  await eventually(async () => {
    // A window is counted when its minute is over.
    await cloud.clock.advance("1m");
    const { minutes = [] } = (await (await app.fetch("/sensors/roof")).json()) as { minutes?: { count: number }[] };
    expect(minutes.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });
});

test("a reading that is not a number is refused", async () => {
  expect((await read("roof", "warm")).status).toBe(400);
});
