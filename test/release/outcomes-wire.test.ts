import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAliasCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { Bundler } from "../../lib/bundle/bundler.ts";
import { completeBundlingOptions } from "../../lib/constructs/bundling-options.ts";
import { judgeMember } from "../../lib/release/analysis/judge-metrics.ts";
import { CloudWatchMetrics } from "../../lib/release/aws/cloudwatch-metrics.ts";
import { type LambdaFixture, startLambda } from "../local/lambda/lambda-fixture.ts";
import { ANALYSIS, MINUTE } from "./rehearsal.ts";

/** A handler that catches everything, packaged as `Function` packages it, on the local cloud in real processes. */
const CODE = `export const handler = async () => {
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.SLOW)));
  return { statusCode: Number(process.env.STATUS), body: "" };
};`;
/** Half as long again. Each is a tenth of a second from the threshold: what a busy machine adds to a call is less. */
const USUAL_MS = "400";
const SLOW_MS = "600";
const TOLERANCE = 0.25;
/** Calls that wait need no processor. */
const AT_ONCE = 10;
const HTTP = { requestContext: { http: { method: "GET" } } };

let fixture: LambdaFixture;
let aws: Aws;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-outcomes-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "list.ts"), CODE);
  fixture = await startLambda();
  aws = new Aws({
    region: "us-east-1",
    endpoint: fixture.cloud.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const Environment = { Variables: { STATUS: "200", SLOW: USUAL_MS } };
  const LoggingConfig = { LogFormat: "JSON" } as const;
  await fixture.make("list", "", {
    Runtime: "nodejs24.x",
    Handler: "outcome.handler",
    Code: { ZipFile: packageOf(join(folder, "list.ts")) },
    Environment,
    LoggingConfig,
  });
  const publish = () => fixture.lambda.send(new PublishVersionCommand({ FunctionName: "list" }));
  await publish();
  for (const Variables of [
    { STATUS: "500", SLOW: USUAL_MS },
    { STATUS: "200", SLOW: SLOW_MS },
  ]) {
    await fixture.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "list", Environment: { Variables } }),
    );
    await fixture.updated("list");
    await publish();
  }
  await fixture.lambda.send(new CreateAliasCommand({ FunctionName: "list", Name: "live", FunctionVersion: "1" }));
});

afterAll(async () => {
  await aws.close();
  await fixture.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

function packageOf(entry: string): Uint8Array {
  const options = completeBundlingOptions({}, Runtime.NODEJS_24_X, folder, "handler");
  const outcome = new Bundler(folder)
    .add({ entry, exportName: "handler", options, constructPath: "App/List" })
    .outcome();
  if ("failure" in outcome) throw new Error(outcome.failure.problems.join("\n"));
  return readFileSync(outcome.bundle.zipFile);
}

/** A few at a time, so that the machine's load does not decide how long a call takes. */
async function call(count: number): Promise<void> {
  for (let called = 0; called < count; called += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - called) }, () =>
        fixture.call("list", HTTP, { Qualifier: "live" }),
      ),
    );
  }
}

/** Minutes of traffic on version 1 alone, then with half of it on `next`, and what the figures of both come to. */
async function judge(next: string) {
  const { clock } = fixture.cloud;
  const route = (AdditionalVersionWeights: Record<string, number>) =>
    fixture.lambda.send(
      new UpdateAliasCommand({ FunctionName: "list", Name: "live", RoutingConfig: { AdditionalVersionWeights } }),
    );
  await route({});
  for (let minute = 0; minute < 6; minute++) await call(8).then(() => clock.advance(MINUTE));
  await clock.advance(MINUTE);
  const from = clock.now();
  await route({ [next]: 0.5 });
  for (let minute = 0; minute < 10; minute++) await call(20).then(() => clock.advance(MINUTE));
  const latency = { tolerance: TOLERANCE };
  const target = { kind: "function", name: "list", alias: "live" } as const;
  const read = () =>
    new CloudWatchMetrics(aws).read({ target, next, stable: "1", from, to: clock.now(), outcomes: true, latency });
  // Log lines follow the invocations: all of them are there once the outcomes are as many as the invocations.
  const total = (minutes: readonly { invocations: number }[] = []) =>
    minutes.reduce((sum, one) => sum + one.invocations, 0);
  await expect.poll(async () => total((await read()).outcomes?.next) - total((await read()).next)).toBe(0);
  const watched = { since: from, settledAt: clock.now(), share: 0.5, now: clock.now(), shiftedSince: from };
  const reading = { kind: "read", value: await read() } as const;
  return judgeMember({ path: "Shop/list", reading, ...watched }, { ...ANALYSIS, latency }, 3);
}

test("a version that catches everything and answers 500 is found by the status of its requests", async () => {
  const verdict = await judge("2");
  expect(verdict).toMatchObject({
    outcome: "FAIL",
    reason: expect.stringContaining("status of 500 or above more often"),
  });
  expect(verdict.evidence).toMatchObject({ outcomes: { stable: { errors: 0 } }, next: { errors: 0 } });
}, 120_000);

test("a version that answers as well, and slower, is found by its durations", async () => {
  const verdict = await judge("3");
  const evidence = JSON.stringify(verdict.evidence);
  expect(verdict, evidence).toMatchObject({
    outcome: "FAIL",
    reason: expect.stringContaining("slower than the stable one"),
  });
}, 120_000);
