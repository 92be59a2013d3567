import { expect, test } from "vitest";
import { FIRST_SHOP, TemplatedShop } from "./templated-shop.ts";

test("a shop is deployed to the simulated CloudFormation by the product's own stack port", async () => {
  const app = new TemplatedShop();
  expect(await app.deploy(FIRST_SHOP)).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(await app.deploy({ ...FIRST_SHOP, functions: { create: "b", list: "b" } })).toMatchObject({
    exitCode: 0,
    release: { state: "SUCCEEDED" },
  });
  console.log(app.oracle.live(), app.sim.world.stackOf("Main").status);
  expect(await app.deploy({ ...FIRST_SHOP, queue: "second", functions: { create: "b", list: "b" } })).toMatchObject({
    exitCode: 0,
    release: { state: "SUCCEEDED" },
  });
  console.log(app.oracle.live(), app.sim.world.queues);
  expect(await app.deploy({ ...FIRST_SHOP, queue: "second", functions: { create: "b", list: "b" } })).toMatchObject({
    unchanged: true,
  });
  app.expectNoViolations();
});
