import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiGatewayV2Client, CreateApiCommand, GetApiCommand } from "@aws-sdk/client-apigatewayv2";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud } from "../../helpers/cloud.ts";

const NAMES = { logGroupName: "g", logStreamName: "s" };
let stateFolder: string;

beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "tidegate-restart-"));
});
afterAll(() => rm(stateFolder, { recursive: true, force: true }));

test("metrics, alarms, logs and APIs are there again after a restart, and alarms are still evaluated", async () => {
  const first = await startTestCloud({ stateFolder });
  const cloudwatch = first.client(CloudWatchClient);
  const logs = first.client(CloudWatchLogsClient);
  const timestamp = first.clock.now();
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: "a",
      Namespace: "N",
      MetricName: "m",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
    }),
  );
  await logs.send(new CreateLogGroupCommand({ logGroupName: "g" }));
  await logs.send(new CreateLogStreamCommand(NAMES));
  await logs.send(new PutLogEventsCommand({ ...NAMES, logEvents: [{ timestamp, message: "kept" }] }));
  const api = await first
    .client(ApiGatewayV2Client)
    .send(new CreateApiCommand({ Name: "kept", ProtocolType: "HTTP", Target: "http://127.0.0.1:1/" }));
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: "N",
      MetricData: [{ MetricName: "m", Value: 7, Timestamp: new Date(timestamp) }],
    }),
  );
  await first.stop();

  const second = await startTestCloud({ stateFolder });
  const again = second.client(CloudWatchClient);
  const { events } = await second.client(CloudWatchLogsClient).send(new GetLogEventsCommand(NAMES));
  expect(events?.map((event) => event.message)).toEqual(["kept"]);
  const { Datapoints } = await again.send(
    new GetMetricStatisticsCommand({
      Namespace: "N",
      MetricName: "m",
      StartTime: new Date(timestamp - 60_000),
      EndTime: new Date(timestamp + 60_000),
      Period: 60,
      Statistics: ["Sum"],
    }),
  );
  expect(Datapoints?.map((point) => point.Sum)).toEqual([7]);
  await second.clock.advance(70_000);
  const { MetricAlarms } = await again.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms).toMatchObject([{ AlarmName: "a", StateValue: "ALARM" }]);
  const { ApiEndpoint } = await second.client(ApiGatewayV2Client).send(new GetApiCommand({ ApiId: api.ApiId }));
  expect(ApiEndpoint).toBe(`${second.endpoint}/_aws/execute-api/${api.ApiId}`);
  expect((await fetch(`${ApiEndpoint}/x`)).status).toBe(503);
  await second.stop();
});
