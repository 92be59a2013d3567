import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateAliasCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MetricComparison, VERSION_PLACEHOLDER } from "../../lib/assembly/release-metadata.ts";
import { Aws } from "../../lib/aws/aws.ts";
import { judgeMember } from "../../lib/release/analysis/judge-metrics.ts";
import { CloudWatchMetrics } from "../../lib/release/aws/cloudwatch-metrics.ts";
import { type LambdaFixture, startLambda } from "../local/lambda/lambda-fixture.ts";
import { ANALYSIS, MINUTE } from "./rehearsal.ts";

/** Reports orders, which of them failed, and how long a checkout took, by its version, as any app's code may do. */
const CODE = `let calls = 0;
exports.handler = async () => {
  calls += 1;
  const metrics = ["Orders", "Failed", "Checkout"].map((Name) => ({ Name }));
  const dimensions = [["FunctionName", "version"], ["FunctionName"]];
  process.stdout.write(JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: "Shop", Dimensions: dimensions, Metrics: metrics }] },
    FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    version: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    Orders: 1,
    Failed: calls % Number(process.env.FAILS_EVERY) === 0 ? 1 : 0,
    Checkout: Number(process.env.CHECKOUT_MS) + (calls % 10),
  }) + "\\n");
};`;

const DIMENSIONS = { FunctionName: "pay", version: VERSION_PLACEHOLDER };
const SHARED = { direction: "lower-is-better", tolerance: 0.1 } as const;

function statistic(metric: string, stat: string, id = "compared") {
  return { id, namespace: "Shop", metric, stat, dimensions: DIMENSIONS };
}

const COMPARISONS: readonly MetricComparison[] = [
  { name: "failures", ...SHARED, queries: [statistic("Failed", "Sum")] },
  { name: "failure rate", ...SHARED, queries: [statistic("Failed", "Average")] },
  { name: "checkout", ...SHARED, queries: [statistic("Checkout", "p90")] },
  {
    name: "failed orders",
    ...SHARED,
    queries: [
      { id: "compared", expression: "100 * failed / orders" },
      statistic("Failed", "Sum", "failed"),
      statistic("Orders", "Sum", "orders"),
    ],
  },
  {
    name: "checkout in seconds",
    ...SHARED,
    queries: [{ id: "compared", expression: "FILL(p, 0) / 1000" }, statistic("Checkout", "p90", "p")],
  },
];

let fixture: LambdaFixture;
let aws: Aws;

beforeAll(async () => {
  fixture = await startLambda();
  aws = new Aws({
    region: "us-east-1",
    endpoint: fixture.cloud.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const versions = [
    { FAILS_EVERY: "20", CHECKOUT_MS: "100" },
    { FAILS_EVERY: "2", CHECKOUT_MS: "150" },
    { FAILS_EVERY: "20", CHECKOUT_MS: "99" },
  ];
  const LoggingConfig = { LogFormat: "JSON" } as const;
  await fixture.make("pay", CODE, { Environment: { Variables: versions[0]! }, LoggingConfig });
  for (const [index, Variables] of versions.entries()) {
    if (index > 0) {
      const Environment = { Variables };
      await fixture.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "pay", Environment }));
      await fixture.updated("pay");
    }
    await fixture.lambda.send(new PublishVersionCommand({ FunctionName: "pay" }));
  }
  await fixture.lambda.send(new CreateAliasCommand({ FunctionName: "pay", Name: "live", FunctionVersion: "1" }));
});

afterAll(async () => {
  await aws.close();
  await fixture.cloud.stop();
});

let called = 0;

/** One minute of calls: it ends when the log has reported the metrics of all of them. */
async function minuteOf(count: number): Promise<void> {
  for (let at = 0; at < count; at += 4) {
    await Promise.all(Array.from({ length: 4 }, () => fixture.call("pay", {}, { Qualifier: "live" })));
  }
  called += count;
  await expect.poll(reportedCalls, { interval: 20 }).toBe(called);
  await fixture.cloud.clock.advance(MINUTE);
}

async function reportedCalls(): Promise<number> {
  const client = await aws.client("cloudwatch");
  const now = fixture.cloud.clock.now();
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: "Shop",
      MetricName: "Orders",
      Dimensions: [{ Name: "FunctionName", Value: "pay" }],
      StartTime: new Date(now - 180 * MINUTE),
      EndTime: new Date(now + MINUTE),
      Period: 3_600,
      Statistics: ["SampleCount"],
    }),
  );
  return Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0);
}

/** Minutes of traffic on version 1 alone, then with half of it on `next`, and what the comparisons come to. */
async function judge(next: string) {
  const { clock } = fixture.cloud;
  const route = (AdditionalVersionWeights: Record<string, number>) =>
    fixture.lambda.send(
      new UpdateAliasCommand({ FunctionName: "pay", Name: "live", RoutingConfig: { AdditionalVersionWeights } }),
    );
  await route({});
  for (let minute = 0; minute < 6; minute++) await minuteOf(8);
  await clock.advance(MINUTE);
  const from = clock.now();
  await route({ [next]: 0.5 });
  for (let minute = 0; minute < 20; minute++) await minuteOf(24);
  const target = { kind: "function", name: "pay", alias: "live" } as const;
  const comparisons = COMPARISONS;
  const metrics = new CloudWatchMetrics(aws);
  const watched = { since: from, settledAt: clock.now(), share: 0.5, now: clock.now(), shiftedSince: from };
  const reading = {
    kind: "read",
    value: await metrics.read({ target, next, stable: "1", from, to: clock.now(), comparisons }),
  } as const;
  return judgeMember({ path: "Shop/pay", reading, compared: COMPARISONS, ...watched }, ANALYSIS, 6);
}

test("metrics and expressions of the app's own code find the version that is worse", async () => {
  const { outcome, reason } = await judge("2");
  expect(outcome).toBe("FAIL");
  for (const { name } of COMPARISONS) expect(reason).toContain(`${name} is higher on the new version`);
  expect(reason).toMatch(
    /failed orders is higher on the new version: \d\d(\.\d+)? against [\d.]+ of the stable version/,
  );
}, 120_000);

test("and let one pass that is as good, with both values", async () => {
  const { outcome, reason, evidence } = await judge("3");
  expect(reason).toMatch(/checkout: 10\d against 10\d over \d+ and \d+ observations/);
  expect(outcome).toBe("PASS");
  expect(evidence["compared"]).toMatchObject(
    COMPARISONS.map(({ name }) => ({ name, next: { count: expect.any(Number) } })),
  );
}, 120_000);
