import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  type CompositeAlarm,
  type MetricAlarm,
  type PutMetricAlarmCommandInput,
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

async function newAlarm(more: Partial<PutMetricAlarmCommandInput> = {}): Promise<string> {
  const AlarmName = `alarm-${++count}`;
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: "Shop",
      MetricName: AlarmName,
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      ...more,
    }),
  );
  return AlarmName;
}

/** Data of the minute that is under way. */
function put(MetricName: string, ...Values: number[]) {
  return cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: "Shop",
      MetricData: [{ MetricName, Values, Timestamp: new Date(cloud.clock.now()) }],
    }),
  );
}

async function describeAlarm(name: string): Promise<MetricAlarm> {
  return (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms![0]!;
}

async function describeComposite(name: string): Promise<CompositeAlarm> {
  const { CompositeAlarms } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ["CompositeAlarm"] }),
  );
  return CompositeAlarms![0]!;
}

describe("a metric alarm", () => {
  test("is described as AWS describes it", async () => {
    const name = await newAlarm();
    expect(await describeAlarm(name)).toEqual({
      ActionsEnabled: true,
      AlarmActions: [],
      AlarmArn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`,
      AlarmConfigurationUpdatedTimestamp: expect.any(Date) as Date,
      AlarmName: name,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      Dimensions: [],
      EvaluationPeriods: 1,
      InsufficientDataActions: [],
      MetricName: name,
      Namespace: "Shop",
      OKActions: [],
      Period: 60,
      StateReason: "Unchecked: Initial alarm creation",
      StateTransitionedTimestamp: expect.any(Date) as Date,
      StateUpdatedTimestamp: expect.any(Date) as Date,
      StateValue: "INSUFFICIENT_DATA",
      Statistic: "Sum",
      Threshold: 1,
    });
  });

  test("goes red and green with its data, on the cloud's clock, and gives the reason", async () => {
    const name = await newAlarm();
    await put(name, 2, 3);
    await cloud.clock.advance(MINUTE + 10_000);
    const red = await describeAlarm(name);
    expect(red.StateValue).toBe("ALARM");
    expect(red.StateReason).toMatch(
      /^Threshold Crossed: 1 datapoint \[5\.0 \(\d\d\/\d\d\/\d\d \d\d:\d\d:00\)\] was greater than or equal to the threshold \(1\.0\)\.$/,
    );
    expect(JSON.parse(red.StateReasonData!)).toMatchObject({
      evaluatedDatapoints: [{ sampleCount: 2, value: 5 }],
      period: 60,
      recentDatapoints: [5],
      statistic: "Sum",
      threshold: 1,
      version: "1.0",
    });
    await put(name, 0);
    await cloud.clock.advance(MINUTE + 10_000);
    const green = await describeAlarm(name);
    expect(green).toMatchObject({
      StateValue: "OK",
      StateReason: expect.stringContaining("was not greater than or equal to the threshold (1.0).") as string,
    });
    await cloud.clock.advance(5 * MINUTE);
    expect(await describeAlarm(name)).toMatchObject({
      StateValue: "INSUFFICIENT_DATA",
      StateReason: "Insufficient Data: 1 datapoint was unknown.",
    });
    const { AlarmHistoryItems } = await cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: name, HistoryItemType: "StateUpdate" }),
    );
    expect(AlarmHistoryItems?.map((item) => item.HistorySummary)).toEqual([
      "Alarm updated from OK to INSUFFICIENT_DATA",
      "Alarm updated from ALARM to OK",
      "Alarm updated from INSUFFICIENT_DATA to ALARM",
    ]);
  });

  test("treats missing data as configured", async () => {
    const breaching = await newAlarm({ TreatMissingData: "breaching", EvaluationPeriods: 2 });
    const notBreaching = await newAlarm({ TreatMissingData: "notBreaching" });
    await cloud.clock.advance(MINUTE + 10_000);
    expect(await describeAlarm(breaching)).toMatchObject({
      StateValue: "ALARM",
      StateReason:
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
    });
    expect(await describeAlarm(notBreaching)).toMatchObject({
      StateValue: "OK",
      StateReason:
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
    });
  });

  test("needs M of N datapoints", async () => {
    const name = await newAlarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: "notBreaching" });
    await put(name, 5);
    await cloud.clock.advance(MINUTE);
    await put(name, 0);
    await cloud.clock.advance(MINUTE + 10_000);
    expect((await describeAlarm(name)).StateValue).toBe("OK");
    await put(name, 7);
    await cloud.clock.advance(MINUTE + 10_000);
    const red = await describeAlarm(name);
    expect(red.StateValue).toBe("ALARM");
    expect(red.StateReason).toMatch(
      /^Threshold Crossed: 2 out of the last 3 datapoints \[7\.0 \(.*\), 5\.0 \(.*\)\] were greater than or equal to the threshold \(1\.0\) \(minimum 2 datapoints for OK -> ALARM transition\)\.$/,
    );
  });

  test("watches an expression over several metrics", async () => {
    const stat = (MetricName: string) => ({
      MetricStat: { Metric: { Namespace: "Shop", MetricName }, Period: 60, Stat: "Sum" },
      ReturnData: false,
    });
    const AlarmName = "error-rate";
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        EvaluationPeriods: 1,
        Threshold: 10,
        ComparisonOperator: "GreaterThanThreshold",
        Metrics: [
          { Id: "rate", Expression: "100 * errors / calls" },
          { Id: "errors", ...stat("Errors") },
          { Id: "calls", ...stat("Calls") },
        ],
      }),
    );
    await put("Errors", 2);
    await put("Calls", 10);
    await cloud.clock.advance(MINUTE + 10_000);
    expect(await describeAlarm(AlarmName)).toMatchObject({
      StateValue: "ALARM",
      StateReason: expect.stringContaining("[20.0 (") as string,
    });
  });

  test("keeps its state and its tags when it is put again", async () => {
    const AlarmName = await newAlarm({ Tags: [{ Key: "a", Value: "1" }] });
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "test" }));
    const before = await describeAlarm(AlarmName);
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: "Shop",
        MetricName: "x",
        ExtendedStatistic: "p99",
        Period: 300,
        EvaluationPeriods: 2,
        Threshold: 5,
        ComparisonOperator: "LessThanThreshold",
        Tags: [{ Key: "b", Value: "2" }],
      }),
    );
    const after = await describeAlarm(AlarmName);
    expect(after).toMatchObject({ StateValue: "ALARM", ExtendedStatistic: "p99", Period: 300 });
    expect(after.Statistic).toBeUndefined();
    expect(after.StateUpdatedTimestamp).toEqual(before.StateUpdatedTimestamp);
    const ResourceARN = after.AlarmArn!;
    await cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: "c", Value: "3" }] }));
    const { Tags } = await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect(Tags).toEqual([
      { Key: "a", Value: "1" },
      { Key: "c", Value: "3" },
    ]);
  });

  test("is found by its metric", async () => {
    const name = await newAlarm({
      Dimensions: [
        { Name: "b", Value: "2" },
        { Name: "a", Value: "1" },
      ],
    });
    const find = (Dimensions: { Name: string; Value: string }[]) =>
      cloudwatch.send(new DescribeAlarmsForMetricCommand({ Namespace: "Shop", MetricName: name, Dimensions }));
    const found = await find([
      { Name: "a", Value: "1" },
      { Name: "b", Value: "2" },
    ]);
    expect(found.MetricAlarms?.map((alarm) => alarm.AlarmName)).toEqual([name]);
    expect((await find([{ Name: "a", Value: "1" }])).MetricAlarms).toEqual([]);
  });

  test.each([
    ["two statistics", { ExtendedStatistic: "p99" }, "Exactly one of Statistic and ExtendedStatistic"],
    [
      "more points than periods",
      { DatapointsToAlarm: 2 },
      "DatapointsToAlarm must be less than or equal to EvaluationPeriods",
    ],
    [
      "no comparison that AWS knows",
      { ComparisonOperator: "EqualToThreshold" as never },
      "'comparisonOperator' failed to satisfy constraint",
    ],
    ["an odd treatment", { TreatMissingData: "guess" }, "Option guess is not supported"],
    ["a period of 45 seconds", { Period: 45 }, "Period"],
    ["an anomaly band", { ThresholdMetricId: "ad1" }, "anomaly detection"],
  ])("fails when it has %s", async (_what, more, message) => {
    await expect(newAlarm(more)).rejects.toThrow(message);
  });

  test("fails when its state is set to nonsense, or it is not there", async () => {
    const set = (AlarmName: string, StateValue: string) =>
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: StateValue as never, StateReason: "r" }));
    await expect(set("none", "INVALID")).rejects.toMatchObject({
      message:
        "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    });
    await expect(set("none", "OK")).rejects.toMatchObject({
      name: "ResourceNotFound",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("has its actions switched off and is deleted, or passed over when it is gone", async () => {
    const name = await newAlarm();
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [name, "none"] }));
    expect((await describeAlarm(name)).ActionsEnabled).toBe(false);
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name, "none"] }));
    expect(await describeAlarm(name)).toBeUndefined();
  });
});

describe("a composite alarm", () => {
  test("follows the alarms of its rule", async () => {
    const [a, b] = [await newAlarm(), await newAlarm()];
    const AlarmName = `composite-${++count}`;
    await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule: `ALARM("${a}") AND ALARM(${b})` }));
    const created = await describeComposite(AlarmName);
    expect(created).toMatchObject({
      StateValue: "OK",
      StateReason: `${created.AlarmArn} was created and its alarm rule evaluates to OK`,
    });
    expect(JSON.parse(created.StateReasonData!)).toMatchObject({
      triggeringAlarms: [{ state: { value: "INSUFFICIENT_DATA" } }, { state: { value: "INSUFFICIENT_DATA" } }],
    });
    for (const name of [a, b])
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: "ALARM", StateReason: "test" }));
    const red = await describeComposite(AlarmName);
    expect(red.StateValue).toBe("ALARM");
    expect(red.StateReason).toMatch(/alarm-\d+ transitioned to ALARM at \w+day \d\d \w+, \d{4} \d\d:\d\d:\d\d UTC$/);
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [a] }))).rejects.toThrow(
      `Unable to delete alarms [${a}] because they are used`,
    );
  });

  test("fails when its rule names an alarm that is not there, or goes in a circle", async () => {
    const put = (AlarmName: string, AlarmRule: string) =>
      cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }));
    await expect(put("c1", "ALARM(nowhere)")).rejects.toThrow("alarms [nowhere] in the alarm rule do not exist");
    await put("c1", "TRUE");
    await put("c2", "ALARM(c1)");
    await expect(put("c1", "ALARM(c2)")).rejects.toThrow("cycle");
  });
});
