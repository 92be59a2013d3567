import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;

beforeAll(async () => {
  cloud = await startTestCloud();
  machines = new Machines(cloud);
});

afterAll(() => cloud.stop());

test("CloudWatch counts how executions end, standard and express", async () => {
  const client = cloud.client(CloudWatchClient);
  const sum = async (StateMachineArn: string, MetricName: string) => {
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: "AWS/States",
        MetricName,
        Dimensions: [{ Name: "StateMachineArn", Value: StateMachineArn }],
        StartTime: new Date(cloud.clock.now() - 3_600_000),
        EndTime: new Date(cloud.clock.now() + 3_600_000),
        Period: 7_200,
        Statistics: ["Sum"],
      }),
    );
    return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
  };
  const failing = { Stop: { Type: "Fail" } };
  const standard = await machines.create(failing);
  for (let round = 0; round < 2; round++) await machines.ended(await machines.start(standard));
  await expect.poll(() => sum(standard, "ExecutionsFailed")).toBe(2);
  expect(await sum(standard, "ExecutionsStarted")).toBe(2);
  expect(await sum(standard, "ExecutionsSucceeded")).toBe(0);
  const express = await machines.create({ A: { Type: "Succeed" } }, {}, "EXPRESS");
  await machines.client.send(new StartSyncExecutionCommand({ stateMachineArn: express }));
  await expect.poll(() => sum(express, "ExecutionsSucceeded")).toBe(1);
  expect(await sum(express, "ExecutionsStarted")).toBe(1);
});
