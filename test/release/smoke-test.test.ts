import { PublishVersionCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { LambdaHooks } from "../../lib/release/aws/lambda-hooks.ts";
import type { HookCall } from "../../lib/release/model.ts";
import type { HookPayload } from "../../lib/release/ports/ports.ts";
import { type LambdaFixture, startLambda } from "../local/lambda/lambda-fixture.ts";

const CODE = `exports.handler = async (event) => {
  if (event.do === "throw") throw new Error("broken");
  return event.do === "answer" ? { statusCode: event.status, body: "no" } : undefined;
}`;

let fixture: LambdaFixture;
let aws: Aws;

beforeAll(async () => {
  fixture = await startLambda();
  await fixture.make("list", CODE);
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName: "list" }));
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: fixture.cloud.endpoint, credentials });
});

afterAll(async () => {
  await aws.close();
  await fixture.cloud.stop();
});

function testOf(member: string, event: unknown): HookCall {
  return { phase: "preTraffic", path: `${member}/SmokeTest`, timeoutMs: 30_000, smokeTest: { member, event } };
}

const PAYLOAD: HookPayload = {
  release: "r",
  app: "shop",
  stage: "dev",
  phase: "preTraffic",
  idempotencyKey: "k",
  members: [{ path: "Shop/list", kind: "function", name: "list", alias: "live", stable: null, next: "1" }],
};

test.each([
  [{}, { kind: "passed" }],
  [{ do: "answer", status: 404 }, { kind: "passed" }],
  [
    { do: "answer", status: 503 },
    { kind: "failed", reason: expect.stringContaining("it answered 503") },
  ],
  [{ do: "throw" }, { kind: "failed", reason: expect.stringContaining("broken") }],
])("a smoke test calls the new version by its number: %j", async (event, outcome) => {
  expect(await new LambdaHooks(aws).call(testOf("Shop/list", event), PAYLOAD)).toEqual(outcome);
});

test("a smoke test of a function that the release does not change passes without a call", async () => {
  expect(await new LambdaHooks(aws).call(testOf("Shop/other", { do: "throw" }), PAYLOAD)).toEqual({ kind: "passed" });
});
