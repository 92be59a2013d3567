import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  type MetricDatum,
  type MetricStat,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

const MINUTE = 60_000;

let cloud: TestCloud;
let cloudwatch: CloudWatchClient;
let count = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  cloudwatch = cloud.client(CloudWatchClient);
});
afterAll(() => cloud.stop());

const newNamespace = () => `Test/${++count}`;

/** The start of a whole minute some minutes ago. */
function minutesAgo(minutes: number): Date {
  const now = cloud.clock.now();
  return new Date(now - (now % MINUTE) - minutes * MINUTE);
}

function put(Namespace: string, ...MetricData: Partial<MetricDatum>[]) {
  return cloudwatch.send(
    new PutMetricDataCommand({
      Namespace,
      MetricData: MetricData.map((one) => Object.assign({ MetricName: "m" }, one)),
    }),
  );
}

function get(Namespace: string, stats: Record<string, Partial<MetricStat> | string>, more: object = {}) {
  return cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: minutesAgo(60),
      EndTime: minutesAgo(-1),
      MetricDataQueries: Object.entries(stats).map(([Id, one]) =>
        typeof one === "string"
          ? { Id, Expression: one }
          : { Id, MetricStat: { Metric: { Namespace, MetricName: "m" }, Period: 60, Stat: "Sum", ...one } },
      ),
      ...more,
    }),
  );
}

describe("PutMetricData", () => {
  test("aggregates each set of dimensions by itself", async () => {
    const ns = newNamespace();
    const Timestamp = minutesAgo(2);
    const resource = [
      { Name: "FunctionName", Value: "f" },
      { Name: "Resource", Value: "f:live" },
    ];
    const version = [...resource, { Name: "ExecutedVersion", Value: "2" }];
    await put(ns, { Timestamp, Value: 1, Dimensions: resource }, { Timestamp, Value: 10, Dimensions: version });
    // The order of dimensions does not matter.
    await put(ns, { Timestamp, Value: 100, Dimensions: version.toReversed() });
    const of = (Dimensions: typeof resource) => ({ Metric: { Namespace: ns, MetricName: "m", Dimensions } });
    const { MetricDataResults } = await get(ns, { all: {}, resource: of(resource), version: of(version) });
    expect(MetricDataResults?.map((one) => one.Values)).toEqual([[], [1], [110]]);
  });

  test("takes values with counts and statistic sets", async () => {
    const ns = newNamespace();
    const Timestamp = minutesAgo(1);
    await put(ns, { Timestamp, Values: [1, 2, 10], Counts: [3, 2, 1] });
    await put(ns, { Timestamp, StatisticValues: { SampleCount: 2, Sum: 30, Minimum: 5, Maximum: 25 } });
    const { Datapoints, Label } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: ns,
        MetricName: "m",
        StartTime: minutesAgo(5),
        EndTime: minutesAgo(-1),
        Period: 60,
        Statistics: ["SampleCount", "Average", "Sum", "Minimum", "Maximum"],
      }),
    );
    expect(Label).toBe("m");
    expect(Datapoints).toEqual([
      { Timestamp, SampleCount: 8, Sum: 47, Average: 47 / 8, Minimum: 1, Maximum: 25, Unit: "None" },
    ]);
  });

  test.each([
    [
      { Value: 1, Values: [1] },
      "InvalidParameterCombinationException",
      "The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.",
    ],
    [
      { Value: 1, StatisticValues: { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 } },
      "InvalidParameterCombinationException",
      "The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues are mutually exclusive and you have specified both.",
    ],
    [
      { Values: [1], Counts: [1, 2] },
      "InvalidParameterValueException",
      "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.",
    ],
    [{}, "MissingRequiredParameterException", "The parameter MetricData.member.1.Value is required."],
    [
      { Value: 1, Timestamp: new Date(Date.now() - 15 * 86_400_000) },
      "InvalidParameterValueException",
      "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.",
    ],
    [
      { Value: 1, Timestamp: new Date(Date.now() + 3 * 3_600_000) },
      "InvalidParameterValueException",
      "The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the future.",
    ],
    [
      { Value: 1, Dimensions: Array.from({ length: 31 }, (_, at) => ({ Name: `d${at}`, Value: "v" })) },
      "InvalidParameterValueException",
      "The collection MetricData.member.1.Dimensions must not have a size greater than 30.",
    ],
  ])("fails when a datum is %j", async (datum: Partial<MetricDatum>, name, message) => {
    await expect(put(newNamespace(), datum)).rejects.toMatchObject({ name, message });
  });

  test("fails when a user writes into AWS's namespaces, and keeps nothing of a call that fails", async () => {
    await expect(put("AWS/Lambda", { Value: 1 })).rejects.toMatchObject({
      message: "The value AWS/Lambda for parameter Namespace is invalid.",
    });
    const ns = newNamespace();
    await expect(put(ns, { Value: 1 }, { Value: 1, Unit: "Furlongs" as never })).rejects.toThrow("Furlongs");
    const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace: ns }));
    expect(Metrics).toEqual([]);
  });
});

describe("GetMetricData", () => {
  test("computes percentiles exactly", async () => {
    const ns = newNamespace();
    const Timestamp = minutesAgo(3);
    for (let from = 1; from <= 1000; from += 100)
      await put(ns, { Timestamp, Values: Array.from({ length: 100 }, (_, at) => from + at) });
    const { MetricDataResults } = await get(ns, {
      p50: { Stat: "p50" },
      p90: { Stat: "p90" },
      p99: { Stat: "p99" },
      tm99: { Stat: "tm99" },
    });
    expect(MetricDataResults?.map((one) => one.Values)).toEqual([[500], [900], [990], [495.5]]);
  });

  test("answers the newest first, or the oldest on demand, over whole periods", async () => {
    const ns = newNamespace();
    for (const ago of [4, 3, 1]) await put(ns, { Timestamp: minutesAgo(ago), Value: ago });
    const newest = await get(ns, { a: {} });
    expect(newest.MetricDataResults?.[0]).toMatchObject({
      Values: [1, 3, 4],
      Timestamps: [minutesAgo(1), minutesAgo(3), minutesAgo(4)],
      StatusCode: "Complete",
      Label: "m",
    });
    const oldest = await get(ns, { a: { Period: 300 } }, { ScanBy: "TimestampAscending", StartTime: minutesAgo(5) });
    expect(oldest.MetricDataResults?.[0]).toMatchObject({ Values: [8], Timestamps: [minutesAgo(5)] });
  });

  test("labels metrics by what differs, and fills dynamic labels in", async () => {
    const ns = newNamespace();
    await put(ns, { Timestamp: minutesAgo(1), Value: 7 });
    const labels = async (stats: Record<string, Partial<MetricStat>>) =>
      (await get(ns, stats)).MetricDataResults?.map((one) => one.Label);
    expect(await labels({ a: {}, b: {} })).toEqual(["m", "m"]);
    expect(await labels({ a: {}, b: { Stat: "Minimum" } })).toEqual(["m Sum", "m Minimum"]);
    expect(await labels({ a: {}, b: { Period: 30 } })).toEqual(["m 60", "m 30"]);
    expect(await labels({ a: {}, b: { Period: 30, Stat: "Minimum" } })).toEqual(["m Sum 60", "m Minimum 30"]);
    const { MetricDataResults } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: minutesAgo(5),
        EndTime: minutesAgo(-1),
        MetricDataQueries: [
          {
            Id: "a",
            Label: "${PROP('MetricName')} at most ${MAX}",
            MetricStat: { Metric: { Namespace: ns, MetricName: "m" }, Period: 60, Stat: "Sum" },
          },
        ],
      }),
    );
    expect(MetricDataResults?.[0]?.Label).toBe("m at most 7");
  });

  test("uses the first unit when none is requested, and returns it", async () => {
    const ns = newNamespace();
    const Timestamp = minutesAgo(1);
    await put(ns, { Timestamp, Value: 35, Unit: "Seconds" }, { Timestamp, Value: 60_000, Unit: "Milliseconds" });
    const { MetricDataResults } = await get(ns, { m1: { Stat: "Maximum" } });
    expect(MetricDataResults?.[0]).toMatchObject({
      Values: [60_000],
      Messages: [{ Code: "MultipleUnits", Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
    });
    const seconds = await get(ns, { m1: { Stat: "Maximum", Unit: "Seconds" } });
    expect(seconds.MetricDataResults?.[0]?.Values).toEqual([35]);
  });

  test("computes expressions over other queries", async () => {
    const ns = newNamespace();
    await put(ns, { Timestamp: minutesAgo(1), Values: [1, 3] });
    const { MetricDataResults } = await get(ns, { rate: "100 * low / sum", low: { Stat: "Minimum" }, sum: {} });
    expect(MetricDataResults?.map((one) => [one.Id, one.Values])).toEqual([
      ["rate", [25]],
      ["low", [1]],
      ["sum", [4]],
    ]);
    await expect(get(ns, { a: "b", b: "a" })).rejects.toMatchObject({
      message: "Error in expression 'a': it refers to itself",
    });
  });

  test("cuts an answer that is too long into pages", async () => {
    const ns = newNamespace();
    for (const ago of [5, 4, 3, 2, 1]) await put(ns, { Timestamp: minutesAgo(ago), Value: ago });
    const first = await get(ns, { a: {} }, { MaxDatapoints: 3 });
    const second = await get(ns, { a: {} }, { MaxDatapoints: 3, NextToken: first.NextToken });
    expect(first.MetricDataResults?.[0]).toMatchObject({ Values: [1, 2, 3], StatusCode: "PartialData" });
    expect(second.MetricDataResults?.[0]).toMatchObject({ Values: [4, 5], StatusCode: "Complete" });
    expect(second.NextToken).toBeUndefined();
  });
});

describe("GetMetricStatistics", () => {
  const statistics = (more: object) =>
    cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: "n",
        MetricName: "m",
        StartTime: minutesAgo(60),
        EndTime: minutesAgo(0),
        Period: 60,
        Statistics: ["Average"],
        ...more,
      }),
    );

  test("answers each unit by itself", async () => {
    const ns = newNamespace();
    await put(ns, { Timestamp: minutesAgo(1), Value: 10 }, { Timestamp: minutesAgo(1), Value: 5, Unit: "Count" });
    const { Datapoints } = await statistics({ Namespace: ns });
    expect(Datapoints?.map((one) => [one.Unit, one.Average])).toEqual(
      expect.arrayContaining([
        ["None", 10],
        ["Count", 5],
      ]),
    );
  });

  test("fails when there would be too many datapoints, or time runs backwards", async () => {
    await expect(
      statistics({ StartTime: new Date(Date.now() - 86_400_000), EndTime: new Date(), Period: 1 }),
    ).rejects.toMatchObject({
      name: "InvalidParameterCombinationException",
      message:
        "You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
    });
    await expect(statistics({ StartTime: minutesAgo(0), EndTime: minutesAgo(1) })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The parameter StartTime must be less than the parameter EndTime.",
    });
  });

  test("gives extended statistics", async () => {
    const ns = newNamespace();
    await put(ns, { Timestamp: minutesAgo(1), Values: [1, 2, 3, 4] });
    const { Datapoints } = await statistics({
      Namespace: ns,
      Statistics: undefined,
      ExtendedStatistics: ["p50", "p99"],
    });
    expect(Datapoints?.[0]?.ExtendedStatistics).toEqual({ p50: 2, p99: 4 });
  });
});

test("metrics are listed by name and dimensions", async () => {
  const ns = newNamespace();
  await put(
    ns,
    {
      Value: 1,
      Dimensions: [
        { Name: "b", Value: "2" },
        { Name: "a", Value: "1" },
      ],
    },
    { Value: 1, MetricName: "other" },
  );
  const list = async (more: object) =>
    (await cloudwatch.send(new ListMetricsCommand({ Namespace: ns, ...more }))).Metrics;
  expect(await list({})).toHaveLength(2);
  expect(await list({ Dimensions: [{ Name: "a" }] })).toEqual([
    {
      Namespace: ns,
      MetricName: "m",
      Dimensions: [
        { Name: "a", Value: "1" },
        { Name: "b", Value: "2" },
      ],
    },
  ]);
  expect(await list({ Dimensions: [{ Name: "a", Value: "9" }] })).toEqual([]);
});

test("data gets coarser with age and is deleted in the end", async () => {
  const own = await startTestCloud();
  const client = own.client(CloudWatchClient);
  const start = own.clock.now() - (own.clock.now() % 3_600_000);
  const data = [0, 1, 2, 3].map((at) => ({ MetricName: "m", Value: at, Timestamp: new Date(start - at * MINUTE) }));
  await client.send(new PutMetricDataCommand({ Namespace: "n", MetricData: data }));
  const values = async () =>
    (
      await client.send(
        new GetMetricStatisticsCommand({
          Namespace: "n",
          MetricName: "m",
          StartTime: new Date(start - 3_600_000),
          EndTime: new Date(start + 3_600_000),
          Period: 60,
          Statistics: ["SampleCount"],
        }),
      )
    )
      .Datapoints!.map((one) => one.SampleCount)
      .toSorted((a, b) => a! - b!);
  expect(await values()).toEqual([1, 1, 1, 1]);
  await own.clock.advance(16 * 86_400_000);
  expect(await values()).toEqual([1, 3]);
  await own.stop();
});
