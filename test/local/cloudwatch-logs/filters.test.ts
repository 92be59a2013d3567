import { gunzipSync } from "node:zlib";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  DescribeSubscriptionFiltersCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  PutSubscriptionFilterCommand,
  TestMetricFilterCommand,
  type MetricTransformation,
} from "@aws-sdk/client-cloudwatch-logs";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, startLambda, type LambdaFixture } from "../lambda/lambda-fixture.ts";

const MINUTE = 60_000;
const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:sink";

let fixture: LambdaFixture;
let logs: CloudWatchLogsClient;
let count = 0;

beforeAll(async () => {
  fixture = await startLambda();
  logs = fixture.cloud.client(CloudWatchLogsClient);
});
afterAll(() => fixture.cloud.stop());

async function newGroup(): Promise<string> {
  const logGroupName = `/filters/${++count}`;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "s" }));
  return logGroupName;
}

function put(logGroupName: string, ...messages: string[]) {
  const timestamp = fixture.cloud.clock.now();
  const logEvents = messages.map((message) => ({ timestamp, message }));
  return logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: "s", logEvents }));
}

describe("a metric filter", () => {
  const filter = (logGroupName: string, filterPattern: string, transformation: Partial<MetricTransformation>) =>
    logs.send(
      new PutMetricFilterCommand({
        logGroupName,
        filterName: "f",
        filterPattern,
        metricTransformations: [
          { metricName: logGroupName, metricNamespace: "Filters", metricValue: "1", ...transformation },
        ],
      }),
    );

  async function sums(MetricName: string, dimensions: Record<string, string> = {}): Promise<number[]> {
    const now = fixture.cloud.clock.now();
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const { MetricDataResults } = await fixture.cloud.client(CloudWatchClient).send(
      new GetMetricDataCommand({
        StartTime: new Date(now - 60 * MINUTE),
        EndTime: new Date(now + MINUTE),
        ScanBy: "TimestampAscending",
        MetricDataQueries: [
          {
            Id: "m",
            MetricStat: { Metric: { Namespace: "Filters", MetricName, Dimensions }, Period: 60, Stat: "Sum" },
          },
        ],
      }),
    );
    return MetricDataResults![0]!.Values!;
  }

  test("counts what matches, and its default for a minute in which nothing does", async () => {
    const group = await newGroup();
    await filter(group, "ERROR", { defaultValue: 0 });
    await put(group, "ERROR one", "fine", "ERROR two");
    await fixture.cloud.clock.advance(MINUTE);
    await put(group, "fine");
    await fixture.cloud.clock.advance(MINUTE);
    expect(await sums(group)).toEqual([2, 0]);
  });

  test("takes its value and its dimensions from fields", async () => {
    const group = await newGroup();
    await filter(group, "{ $.ms > 10 }", { metricValue: "$.ms", dimensions: { Path: "$.path" }, unit: "Milliseconds" });
    await put(group, '{"ms": 20, "path": "/a"}', '{"ms": 30, "path": "/a"}', '{"ms": 5, "path": "/a"}', '{"ms": 50}');
    expect(await sums(group, { Path: "/a" })).toEqual([50]);
    expect(await sums(group)).toEqual([]);
  });

  test("is described, and counted in its group", async () => {
    const group = await newGroup();
    await filter(group, " ", {});
    const { metricFilters } = await logs.send(
      new DescribeMetricFiltersCommand({ metricName: group, metricNamespace: "Filters" }),
    );
    expect(metricFilters).toEqual([
      {
        applyOnTransformedLogs: false,
        creationTime: expect.any(Number) as number,
        filterName: "f",
        filterPattern: " ",
        logGroupName: group,
        metricTransformations: [{ metricName: group, metricNamespace: "Filters", metricValue: "1" }],
      },
    ]);
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group }));
    expect(logGroups?.[0]?.metricFilterCount).toBe(1);
  });

  test("can be tried out", async () => {
    const { matches } = await logs.send(
      new TestMetricFilterCommand({ filterPattern: "[level = E*, code]", logEventMessages: ["INFO 1", "ERROR 2"] }),
    );
    expect(matches).toEqual([
      { eventNumber: 2, eventMessage: "ERROR 2", extractedValues: { $level: "ERROR", $code: "2" } },
    ]);
  });

  test("fails when it has two transformations, in AWS's words", async () => {
    const logGroupName = await newGroup();
    const one = (at: number) => ({ metricName: `metric${at}`, metricNamespace: `namespace${at}`, metricValue: "1" });
    const putting = logs.send(
      new PutMetricFilterCommand({
        logGroupName,
        filterName: "f",
        filterPattern: "",
        metricTransformations: [one(1), one(2)],
      }),
    );
    await expect(putting).rejects.toMatchObject({
      name: "InvalidParameterException",
      message:
        "1 validation error detected: Value '[MetricTransformation(metricName=metric1, metricNamespace=namespace1, metricValue=1, defaultValue=null, unit=null, dimensions=null), MetricTransformation(metricName=metric2, metricNamespace=namespace2, metricValue=1, defaultValue=null, unit=null, dimensions=null)]' at 'metricTransformations' failed to satisfy constraint: Member must have length less than or equal to 1",
    });
  });
});

describe("a subscription filter", () => {
  const subscribe = (logGroupName: string, destinationArn = FUNCTION, filterName = "f") =>
    logs.send(new PutSubscriptionFilterCommand({ logGroupName, filterName, filterPattern: "ERROR", destinationArn }));

  test("hands matching events to the function, gzipped", async () => {
    await fixture.make("sink", "exports.handler = async (event) => console.log('GOT ' + event.awslogs.data)");
    const group = await newGroup();
    await expect(subscribe(group)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message:
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
    });
    await fixture.lambda.send(
      new AddPermissionCommand({
        FunctionName: "sink",
        StatementId: "logs",
        Action: "lambda:InvokeFunction",
        Principal: "logs.amazonaws.com",
        SourceArn: `arn:aws:logs:us-east-1:000000000000:log-group:${group}:*`,
      }),
    );
    await subscribe(group);
    const { subscriptionFilters } = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName: group }));
    expect(subscriptionFilters).toMatchObject([
      { destinationArn: FUNCTION, distribution: "ByLogStream", filterName: "f" },
    ]);
    await put(group, "ERROR one", "fine");
    const received = async () =>
      (await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/lambda/sink", filterPattern: "GOT" }))).events!;
    await eventually(async () => (await received().catch(() => [])).length === 1);
    const data = /GOT (\S+)/.exec((await received())[0]!.message!)![1]!;
    expect(JSON.parse(gunzipSync(Buffer.from(data, "base64")).toString())).toEqual({
      messageType: "DATA_MESSAGE",
      owner: "000000000000",
      logGroup: group,
      logStream: "s",
      subscriptionFilters: ["f"],
      logEvents: [
        {
          id: expect.stringMatching(/^\d{56}$/) as string,
          timestamp: expect.any(Number) as number,
          message: "ERROR one",
        },
      ],
    });
    await subscribe(group, FUNCTION, "g");
    await expect(subscribe(group, FUNCTION, "h")).rejects.toMatchObject({ name: "LimitExceededException" });
  });

  test("fails when the destination is another account's, or needs a role", async () => {
    const group = await newGroup();
    await expect(subscribe(group, FUNCTION.replace("000000000000", "123456789012"))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message:
        "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.",
    });
    await expect(subscribe(group, "arn:aws:kinesis:us-east-1:000000000000:stream/s")).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "destinationArn for vendor kinesis cannot be used without roleArn",
    });
  });
});
