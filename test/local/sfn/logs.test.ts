import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateStateMachineCommand, type LogLevel } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;
let logs: CloudWatchLogsClient;

beforeAll(async () => {
  cloud = await startTestCloud({ roles: ["workflow"] });
  machines = new Machines(cloud);
  logs = cloud.client(CloudWatchLogsClient);
});

afterAll(() => cloud.stop());

/** The lines that an execution of a Fail state leaves, once there are so many. */
async function linesOf(level: LogLevel, includeExecutionData: boolean, count: number) {
  const name = `fails-${level}-${includeExecutionData}`;
  const logGroupName = `/states/${name}`;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const logGroupArn = `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}:*`;
  const { stateMachineArn } = await machines.client.send(
    new CreateStateMachineCommand({
      name,
      roleArn: "arn:aws:iam::000000000000:role/workflow",
      definition: '{"StartAt":"Stop","States":{"Stop":{"Type":"Fail","Error":"SomeFailure","Cause":"why"}}}',
      loggingConfiguration: {
        level,
        includeExecutionData,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
      },
    }),
  );
  const arn = await machines.start(stateMachineArn!, { a: 1 });
  await machines.ended(arn);
  const read = async () => (await logs.send(new FilterLogEventsCommand({ logGroupName }))).events!;
  await expect.poll(async () => (await read()).length).toBe(count);
  const lines = (await read()).map(({ message }) => JSON.parse(message!) as Record<string, unknown>);
  for (const line of lines) expect(line).toMatchObject({ execution_arn: arn, redrive_count: "0" });
  return lines.map(({ id, previous_event_id, type, details }) => [id, previous_event_id, type, details]);
}

test("an execution's events go to the log group, without their data unless it is asked for", async () => {
  expect(await linesOf("ALL", false, 3)).toEqual([
    ["1", "0", "ExecutionStarted", { roleArn: "arn:aws:iam::000000000000:role/workflow" }],
    ["2", "0", "FailStateEntered", { name: "Stop" }],
    ["3", "2", "ExecutionFailed", { error: "SomeFailure", cause: "why" }],
  ]);
});

test("at the level ERROR only what goes wrong is logged, at FATAL only the end", async () => {
  expect(await linesOf("ERROR", true, 2)).toEqual([
    ["2", "0", "FailStateEntered", { name: "Stop", input: '{"a":1}', inputDetails: { truncated: false } }],
    ["3", "2", "ExecutionFailed", { error: "SomeFailure", cause: "why" }],
  ]);
  expect(await linesOf("FATAL", true, 1)).toEqual([
    ["3", "2", "ExecutionFailed", { error: "SomeFailure", cause: "why" }],
  ]);
});
