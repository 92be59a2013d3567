import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startLambda, type LambdaFixture } from "../lambda/lambda-fixture.ts";

let fixture: LambdaFixture;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  fixture = await startLambda();
  cloudwatch = fixture.cloud.client(CloudWatchClient);
  await fixture.make("react", "exports.handler = async (event) => console.log('GOT ' + JSON.stringify(event))");
  await fixture.make("broken", "exports.handler = async () => { throw new Error('no') }");
});
afterAll(() => fixture.cloud.stop());

function alarm(AlarmName: string, more: object) {
  return cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: "AWS/Lambda",
      MetricName: "Errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
      ...more,
    }),
  );
}

test("an alarm's function gets the event that AWS sends", async () => {
  const action = "arn:aws:lambda:us-east-1:000000000000:function:react";
  await alarm("calls", { AlarmActions: [action], AlarmDescription: "testing", Statistic: "Average", Period: 10 });
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "calls", StateValue: "ALARM", StateReason: "test" }));
  const logs = fixture.cloud.client(CloudWatchLogsClient);
  const received = async () =>
    (await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/lambda/react", filterPattern: "GOT" }))).events!;
  await eventually(async () => (await received().catch(() => [])).length === 1);
  const text = (await received())[0]!.message!;
  expect(JSON.parse(text.slice(text.indexOf("{")))).toEqual({
    source: "aws.cloudwatch",
    alarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:calls",
    accountId: "000000000000",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+0000$/) as string,
    region: "us-east-1",
    alarmData: {
      alarmName: "calls",
      configuration: {
        description: "testing",
        metrics: [
          {
            id: expect.any(String) as string,
            metricStat: {
              metric: { dimensions: {}, name: "Errors", namespace: "AWS/Lambda" },
              period: 10,
              stat: "Average",
            },
            returnData: true,
          },
        ],
      },
      previousState: {
        reason: "Unchecked: Initial alarm creation",
        timestamp: expect.any(String) as string,
        value: "INSUFFICIENT_DATA",
      },
      state: { reason: "test", timestamp: expect.any(String) as string, value: "ALARM" },
    },
  });
  const { AlarmHistoryItems } = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: "calls", HistoryItemType: "Action" }),
  );
  expect(AlarmHistoryItems?.[0]?.HistorySummary).toBe(`Successfully executed action ${action}`);
});

test("an alarm on a function's errors goes red when the function fails", async () => {
  await alarm("broken-errors", { Dimensions: [{ Name: "FunctionName", Value: "broken" }] });
  await fixture.call("broken");
  // The functions' metrics are sent once a second.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await fixture.cloud.clock.advance(70_000);
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ["broken-errors"] }));
  expect(MetricAlarms?.[0]?.StateValue).toBe("ALARM");
});
