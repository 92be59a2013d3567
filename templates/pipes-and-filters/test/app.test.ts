import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

const review = (body: object) => app.fetch("/reviews", { method: "POST", body: JSON.stringify(body) });

test("a review passes all filters", async () => {
  const taken = await review({ text: " <b>Good</b>\n tea, ask me@example.com ****" });
  expect(taken.status).toBe(202);
  const { id } = (await taken.json()) as { id: string };
  await eventually(async () =>
    expect(await (await app.fetch(`/reviews/${id}`)).json()).toEqual({
      id,
      text: "Good tea, ask [address]",
      stars: 4,
    }),
  );
});

test("a review without a text is refused", async () => {
  expect((await review({})).status).toBe(400);
});
