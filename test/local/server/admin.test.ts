import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(() => cloud.stop());

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${cloud.endpoint}/_tidegate/${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "x-tidegate-token": cloud.token, ...headers },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("health reports what runs, where, and since when", async () => {
  const response = await fetch(`${cloud.endpoint}/_tidegate/health`);
  expect(await response.json()).toMatchObject({
    status: "running",
    endpoint: cloud.endpoint,
    port: cloud.port,
    pid: process.pid,
    stateFolder: cloud.stateFolder,
    services: expect.arrayContaining(["lambda", "cloudformation", "s3"]),
    clock: { speed: 1 },
  });
});

test("health does not reveal the token", async () => {
  const response = await fetch(`${cloud.endpoint}/_tidegate/health`);
  expect(await response.text()).not.toContain(cloud.token);
});

describe("the clock", () => {
  test("is moved forward, and every answer's Date follows", async () => {
    const before = cloud.clock.now();
    const { status } = await post("clock", { advanceMs: 3_600_000 });
    expect(status).toBe(200);
    expect(cloud.clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
    const sts = cloud.client(STSClient);
    let date = "";
    sts.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        date = (result.response as { headers: Record<string, string> }).headers["date"]!;
        return result;
      },
      { step: "deserialize" },
    );
    await sts.send(new GetCallerIdentityCommand({}));
    expect(Math.abs(Date.parse(date) - cloud.clock.now())).toBeLessThan(5_000);
  });

  test("runs at another speed", async () => {
    const { body } = await post("clock", { speed: 1000 });
    expect(body).toMatchObject({ speed: 1000 });
    const before = cloud.clock.now();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(cloud.clock.now() - before).toBeGreaterThan(20_000);
    await post("clock", { speed: 1 });
  });

  test.each([
    ["{"],
    ["[]"],
    ["null"],
    ["{}"],
    ['{"speed":0}'],
    ['{"speed":-1}'],
    ['{"speed":"60"}'],
    ['{"speed":1e300}'],
    ['{"advanceMs":-1}'],
    ['{"advanceMs":1e300}'],
    ['{"offset":5}'],
    ['{"__proto__":{"speed":5}}'],
  ])("fails when asked for %s", async (body) => {
    expect((await post("clock", body)).status).toBe(400);
  });
});

describe("the token", () => {
  test.each([["clock"], ["stop"]])("fails when it is missing or wrong: %s", async (path) => {
    expect((await post(path, {}, { "x-tidegate-token": "" })).status).toBe(403);
    expect((await post(path, {}, { "x-tidegate-token": `${cloud.token}x` })).status).toBe(403);
    expect((await fetch(`${cloud.endpoint}/_tidegate/health`)).status).toBe(200);
  });
});

test("fails when asked for what is not there", async () => {
  expect((await fetch(`${cloud.endpoint}/_tidegate/nothing`)).status).toBe(404);
});
