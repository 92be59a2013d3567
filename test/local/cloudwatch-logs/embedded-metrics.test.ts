import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEmbeddedMetrics } from "../../../lib/local/services/cloudwatch-logs/embedded-metrics.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

const DIRECTIVE = {
  Namespace: "Shop",
  Dimensions: [["Service"], []],
  Metrics: [{ Name: "Time", Unit: "Milliseconds" }, { Name: "Count" }],
};

function documentWith(
  directive: object,
  members: object = { Service: "cart", Time: [1, 2], Count: 3 },
  at: unknown = 0,
) {
  return JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: [{ ...DIRECTIVE, ...directive }] }, ...members });
}

describe("a log event in the embedded metric format", () => {
  test("holds each metric under each of its sets of dimensions", () => {
    const time = {
      MetricName: "Time",
      Values: [1, 2],
      Unit: "Milliseconds",
      StorageResolution: 60,
      Timestamp: new Date(0),
    };
    const count = { ...time, MetricName: "Count", Values: [3], Unit: "None" };
    const Dimensions = [{ Name: "Service", Value: "cart" }];
    expect(readEmbeddedMetrics(documentWith({}))).toEqual([
      {
        namespace: "Shop",
        data: [
          { ...time, Dimensions },
          { ...count, Dimensions },
          { ...time, Dimensions: [] },
          { ...count, Dimensions: [] },
        ],
      },
    ]);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `D${index}`);
  const all = (count: number) => Object.fromEntries(many(count).map((name) => [name, "x"]));
  test.each<[string, string]>([
    ["no time", documentWith({}, undefined, null)],
    ["a time as text", documentWith({}, undefined, "now")],
    ["no namespace", documentWith({ Namespace: undefined })],
    ["a dimension without a value", documentWith({}, { Time: 1, Count: 1 })],
    ["a dimension that is a number", documentWith({}, { Service: 1, Time: 1, Count: 1 })],
    ["a dimension that is too long", documentWith({}, { Service: "x".repeat(1025), Time: 1, Count: 1 })],
    ["more than 30 dimensions", documentWith({ Dimensions: [many(31)] }, { ...all(31), Time: 1, Count: 1 })],
    ["a metric without a value", documentWith({}, { Service: "cart", Time: 1 })],
    ["a metric that is text", documentWith({}, { Service: "cart", Time: "1", Count: 1 })],
    ["more than 100 values", documentWith({}, { Service: "cart", Time: Array(101).fill(1), Count: 1 })],
    ["more than 100 metrics", documentWith({ Metrics: Array.from({ length: 101 }, () => ({ Name: "Time" })) })],
    ["another resolution", documentWith({ Metrics: [{ Name: "Time", StorageResolution: 30 }] })],
    ["text around it", `INFO ${documentWith({})}`],
    ["its metadata within another member", JSON.stringify({ message: JSON.parse(documentWith({})) as object })],
  ])("publishes nothing with %s", (_name, message) => {
    expect(readEmbeddedMetrics(message)).toEqual([]);
  });
});

describe("over the wire", () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(() => cloud.stop());

  test("its metrics are there for GetMetricData, at their own time", async () => {
    const logs = cloud.client(CloudWatchLogsClient);
    const [logGroupName, logStreamName] = ["/app", "s"];
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const at = cloud.clock.now();
    const logEvents = [{ timestamp: at, message: documentWith({}, undefined, at) }];
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    const Metric = { Namespace: "Shop", MetricName: "Time", Dimensions: [{ Name: "Service", Value: "cart" }] };
    const sums = async () => {
      const answer = await cloud.client(CloudWatchClient).send(
        new GetMetricDataCommand({
          StartTime: new Date(at - 120_000),
          EndTime: new Date(at + 120_000),
          MetricDataQueries: [{ Id: "t", MetricStat: { Metric, Period: 60, Stat: "Sum" } }],
        }),
      );
      return answer.MetricDataResults?.[0]?.Values;
    };
    await expect.poll(sums).toEqual([3]);
  });
});
