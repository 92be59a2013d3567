import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { Duration } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Function, Rollout } from "../../../lib/index.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";
import { callUntil } from "../../helpers/call-until.ts";

/**
 * An app whose new version no longer calls a function. The old version must be able to until it serves no more traffic.
 */

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
});

afterAll(() => app.stop());

const policy = Rollout.canary({ percent: 50, bake: Duration.minutes(2) });

const calling: BuildApp = (stack, root) => {
  const callee = new Function(stack, "Callee", { functionName: "callee", code: inlineCode("return 1;") });
  const caller = new Function(stack, "Caller", {
    functionName: "caller",
    code: inlineCode("return { called: await invoke(process.env.CALLEE) };"),
    environment: { CALLEE: callee.functionArn },
  });
  callee.grantInvoke(caller);
  new Rollout(root, "Rollout", { policy });
};

/** The bake is two seconds of the machine's time by default, which a busy machine may spend elsewhere. */
const alone =
  (answer: string, bake = Duration.minutes(2)): BuildApp =>
  (stack, root) => {
    new Function(stack, "Caller", { functionName: "caller", code: inlineCode(answer) });
    new Rollout(root, "Rollout", { policy: Rollout.canary({ percent: 50, bake }) });
  };

async function calleeIsThere(): Promise<boolean> {
  const lambda = app.cloud.client(LambdaClient);
  return lambda.send(new GetFunctionCommand({ FunctionName: "callee" })).then(
    () => true,
    (error: Error) => {
      if (error.name === "ResourceNotFoundException") return false;
      throw error;
    },
  );
}

test("a callee outlives a release that is aborted, and goes after the next one that is promoted", async () => {
  expect(await app.deploy(calling)).toMatchObject({ exitCode: 0 });
  const aborting = new AbortController();
  const traffic = callUntil(app, "caller");
  const said = app.messages.length;
  const deploying = app.deploy(alone("return { called: 0 };", Duration.hours(1)), { signal: aborting.signal });
  const shifted = () => app.messages.slice(said).some(({ code }) => code === "StepVerified");
  await expect.poll(shifted).toBe(true);
  aborting.abort();
  expect(await deploying).toMatchObject({ release: { state: "ROLLED_BACK" } });
  const calls = await traffic.stop();
  expect(calls.failures).toEqual([]);
  expect((await app.call("caller")).answer).toEqual({ called: 1 });
  const held = await app.heldBack(calling);
  expect(held.some((text) => /Inline\.Callee\w+ \(AWS::Lambda::Function\)/.test(text))).toBe(true);

  expect(await app.deploy(calling)).toMatchObject({ exitCode: 0 });
  expect(await app.heldBack(calling)).toEqual([]);
  expect((await app.call("caller")).answer).toEqual({ called: 1 });
  expect(await app.deploy(calling)).toMatchObject({ unchanged: true });
}, 120_000);

test("a function that the new version no longer calls outlives the canary, and goes after promotion", async () => {
  expect(await app.deploy(calling)).toMatchObject({ exitCode: 0 });
  const traffic = callUntil(app, "caller");
  const report = await app.deploy(alone("return { called: 0 };"));
  const calls = await traffic.stop();
  expect(report, report.release?.cause?.text).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(calls.failures).toEqual([]);
  expect(calls.versions).toHaveLength(2);
  expect(await calleeIsThere()).toBe(false);
  expect(await app.deploy(alone("return { called: 0 };"))).toMatchObject({ unchanged: true });
}, 120_000);
