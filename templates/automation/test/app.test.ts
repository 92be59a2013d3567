import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

const tickets = async () => (await app.fetch("/tickets")).json();

/** What EventBridge sends when the alarm changes. */
const alarmChange = (value: "ALARM" | "OK", timestamp: string) => ({
  source: "aws.cloudwatch",
  "detail-type": "CloudWatch Alarm State Change",
  detail: { alarmName: "failures", state: { value, reason: "tried by a test", timestamp } },
});

test("an alarm opens a ticket, and closes it when it is over", async () => {
  await app.invoke("Respond", alarmChange("ALARM", "2030-01-01T00:00:00.000Z"));
  expect(await tickets()).toMatchObject([{ status: "open", reason: "tried by a test" }]);
  await app.invoke("Respond", alarmChange("OK", "2030-01-01T00:05:00.000Z"));
  expect(await tickets()).toMatchObject([{ status: "closed" }]);
});
