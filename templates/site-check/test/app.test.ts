import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;
let site: Server;

beforeAll(async () => {
  site = createServer((_request, response) => void response.writeHead(503).end());
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(async () => {
  await cloud.stop();
  site.close();
});

/** Checks the test's own site, which is down. */
async function check(at: string): Promise<void> {
  const address = site.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await app.invoke("Check", { site: `http://127.0.0.1:${port}/`, at });
}

test("an alert that cannot be sent is sent with the next check, and then no more", async () => {
  const refused = cloud.faults.throttle("sns", "Publish");
  await expect(check("2030-01-01T00:00:00Z")).rejects.toThrow("Rate exceeded");
  refused.remove();

  // The SDK tries again after the first refusal.
  const sent = cloud.faults.throttle("sns", "Publish", { times: 1 });
  await check("2030-01-01T00:05:00Z");
  expect(sent.hits).toBe(1);

  const repeated = cloud.faults.throttle("sns", "Publish", { times: 1 });
  await check("2030-01-01T00:10:00Z");
  expect(repeated.hits).toBe(0);
});
