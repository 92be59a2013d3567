import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
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
  await fixture.lambda.send(
    new AddPermissionCommand({
      FunctionName: "react",
      StatementId: "alarms",
      Action: "lambda:InvokeFunction",
      Principal: "lambda.alarms.cloudwatch.amazonaws.com",
      SourceArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:calls",
    }),
  );
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

test("an alarm's topic gets the message that AWS sends", async () => {
  const sns = fixture.cloud.client(SNSClient);
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "alarms" }));
  const Endpoint = "arn:aws:lambda:us-east-1:000000000000:function:notified";
  await fixture.make(
    "notified",
    "exports.handler = async (event) => console.log('NOTIFIED ' + JSON.stringify(event.Records[0].Sns))",
  );
  await fixture.lambda.send(
    new AddPermissionCommand({
      FunctionName: "notified",
      StatementId: "sns",
      Action: "lambda:InvokeFunction",
      Principal: "sns.amazonaws.com",
      SourceArn: TopicArn,
    }),
  );
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "lambda", Endpoint }));
  const Dimensions = [{ Name: "InstanceId", Value: "abc" }];
  await alarm("topic-alarm", { AlarmActions: [TopicArn], Dimensions, Unit: "Seconds", TreatMissingData: "ignore" });
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: "topic-alarm", StateValue: "ALARM", StateReason: "testing alarm" }),
  );
  const logs = fixture.cloud.client(CloudWatchLogsClient);
  const received = async () =>
    (await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/lambda/notified", filterPattern: "NOTIFIED" })))
      .events!;
  await eventually(async () => (await received().catch(() => [])).length === 1);
  const text = (await received())[0]!.message!;
  const { Subject, Message } = JSON.parse(text.slice(text.indexOf("{"))) as { Subject: string; Message: string };
  expect(Subject).toBe('ALARM: "topic-alarm" in US East (N. Virginia)');
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+0000$/) as string;
  expect(JSON.parse(Message)).toEqual({
    AlarmName: "topic-alarm",
    AlarmDescription: null,
    AWSAccountId: "000000000000",
    ActionExecutedAfterMuteWindow: false,
    AlarmConfigurationUpdatedTimestamp: time,
    NewStateValue: "ALARM",
    NewStateReason: "testing alarm",
    StateChangeTime: time,
    Region: "US East (N. Virginia)",
    AlarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:topic-alarm",
    OldStateValue: "INSUFFICIENT_DATA",
    OKActions: [],
    AlarmActions: [TopicArn],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: "Errors",
      Namespace: "AWS/Lambda",
      StatisticType: "Statistic",
      Statistic: "SUM",
      Unit: "Seconds",
      Dimensions: [{ value: "abc", name: "InstanceId" }],
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 0,
      TreatMissingData: "ignore",
      EvaluateLowSampleCountPercentile: "",
    },
  });
});

test.each([
  ["that this cloud does not support", "arn:aws:automate:us-east-1:ec2:stop"],
  ["on a topic whose policy does not allow alarms", "arn:aws:sns:us-east-1:000000000000:closed"],
  ["on a function that does not allow alarms", "arn:aws:lambda:us-east-1:000000000000:function:broken"],
])("an action %s fails in the history", async (_what, action) => {
  const Policy = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS: "000000000000" }, Action: "*" }] });
  await fixture.cloud.client(SNSClient).send(new CreateTopicCommand({ Name: "closed", Attributes: { Policy } }));
  const AlarmName = `failing ${action.length}`;
  await alarm(AlarmName, { AlarmActions: [action] });
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "test" }));
  const history = new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "Action" });
  await eventually(async () => (await cloudwatch.send(history)).AlarmHistoryItems!.length === 1);
  const [item] = (await cloudwatch.send(history)).AlarmHistoryItems!;
  expect(item?.HistorySummary).toBe(`Failed to execute action ${action}`);
});

test("the event bus receives every change of state, with actions or without", async () => {
  const arn = "arn:aws:sqs:us-east-1:000000000000:changes";
  const sqs = fixture.cloud.client(SQSClient);
  const allow = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: arn,
  };
  const Policy = JSON.stringify({ Statement: [allow] });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "changes", Attributes: { Policy } }));
  const bus = fixture.cloud.client(EventBridgeClient);
  const EventPattern = JSON.stringify({ source: ["aws.cloudwatch"], detail: { alarmName: ["silent"] } });
  await bus.send(new PutRuleCommand({ Name: "changes", EventPattern }));
  await bus.send(new PutTargetsCommand({ Rule: "changes", Targets: [{ Id: "queue", Arn: arn }] }));
  await alarm("silent", { ActionsEnabled: false, AlarmDescription: "quiet" });
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "silent", StateValue: "ALARM", StateReason: "test" }));
  const bodies: string[] = [];
  await eventually(async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    bodies.push(...(Messages ?? []).map(({ Body }) => Body!));
    return bodies.length > 0;
  });
  const any = expect.any(String) as string;
  expect(JSON.parse(bodies[0]!)).toEqual({
    version: "0",
    id: any,
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account: "000000000000",
    time: any,
    region: "us-east-1",
    resources: ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:silent"],
    detail: {
      alarmName: "silent",
      state: { value: "ALARM", reason: "test", timestamp: any },
      previousState: { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation", timestamp: any },
      configuration: {
        description: "quiet",
        metrics: [
          {
            id: any,
            metricStat: {
              metric: { namespace: "AWS/Lambda", name: "Errors", dimensions: {} },
              period: 60,
              stat: "Sum",
            },
            returnData: true,
          },
        ],
      },
    },
  });
});
