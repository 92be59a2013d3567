import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { CloudWatchAlarms } from "../../lib/release/aws/cloudwatch-alarms.ts";
import { mapConcurrently } from "../../lib/util/map-concurrently.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";

/** More than DescribeAlarms takes names for at once, and than it answers in one page. */
const NAMES = Array.from({ length: 230 }, (_, index) => `alarm-${String(index).padStart(3, "0")}`);

let cloud: TestCloud;
let aws: Aws;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: cloud.endpoint, credentials });
  cloudwatch = cloud.client(CloudWatchClient);
  const metric = {
    Namespace: "Shop",
    MetricName: "Errors",
    Statistic: "Sum" as const,
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanThreshold" as const,
  };
  await mapConcurrently(NAMES, 16, (AlarmName) => cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...metric })));
  await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: "all", AlarmRule: "ALARM(alarm-000)" }));
});

afterAll(async () => {
  await aws.close();
  await cloud.stop();
});

test("every alarm of a large app is read, over all pages and in several calls", async () => {
  const alarms = [...NAMES, "all", "alarm-000", "none"].map((name, index) => ({ path: `Shop/${index}`, name }));
  const readings = await new CloudWatchAlarms(aws).read(alarms);
  const missing = alarms.filter(({ path }) => readings.get(path)?.state === "MISSING");
  expect(missing.map(({ name }) => name)).toEqual(["none"]);
  expect(readings.size).toBe(alarms.length);
});

test("the local cloud answers 50 alarms unless more are requested, and takes at most 100 names", async () => {
  const ask = (count: number, MaxRecords?: number) =>
    cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: NAMES.slice(0, count), MaxRecords }));
  const first = await ask(60);
  expect(first.MetricAlarms).toHaveLength(50);
  expect(first.NextToken).toBeDefined();
  expect((await ask(60, 100)).MetricAlarms).toHaveLength(60);
  await expect(ask(101)).rejects.toThrow("Member must have length less than or equal to 100");
});
