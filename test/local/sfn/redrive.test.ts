import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  machines = new Machines(cloud);
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "redrive" }));
});

afterAll(() => cloud.stop());

const read = (Key: string) => ({
  Type: "Task",
  Resource: "arn:aws:states:::aws-sdk:s3:headObject",
  Parameters: { Bucket: "redrive", "Key.$": Key },
  ResultPath: null,
  End: true,
});

async function putObject(Key: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: "redrive", Key, Body: "here" }));
}

async function redrive(executionArn: string): Promise<void> {
  const { redriveDate } = await machines.client.send(new RedriveExecutionCommand({ executionArn }));
  expect(redriveDate).toBeInstanceOf(Date);
}

test("a redrive runs the state that failed again, and not those before it", async () => {
  const states = {
    First: { Type: "Pass", Parameters: { "id.$": "States.UUID()", "key.$": "$.key" }, Next: "Read" },
    Read: read("$.key"),
  };
  const { arn, status } = await machines.run(states, { key: "one" });
  expect(status).toBe("FAILED");
  expect(await machines.ended(arn)).toMatchObject({ redriveStatus: "REDRIVABLE", redriveCount: 0 });
  const before = await machines.history(arn);
  await putObject("one");
  await redrive(arn);
  const ended = await machines.ended(arn);
  expect(ended).toMatchObject({ status: "SUCCEEDED", redriveCount: 1, redriveStatus: "NOT_REDRIVABLE" });
  const after = await machines.history(arn);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length).map(({ type }) => type)).toEqual([
    "ExecutionRedriven",
    "TaskScheduled",
    "TaskStarted",
    "TaskSucceeded",
    "TaskStateExited",
    "ExecutionSucceeded",
  ]);
  const { id } = JSON.parse(before[2]!.stateExitedEventDetails!.output!) as { id: string };
  expect(JSON.parse(ended.output!)).toEqual({ id, key: "one" });
});

test("a redrive of a Parallel keeps the branches that came through", async () => {
  const states = {
    Both: {
      Type: "Parallel",
      Branches: [
        { StartAt: "Id", States: { Id: { Type: "Pass", Parameters: { "id.$": "States.UUID()" }, End: true } } },
        { StartAt: "Read", States: { Read: { ...read("$.key"), ResultPath: "$" } } },
      ],
      ResultSelector: { "id.$": "$[0].id" },
      End: true,
    },
  };
  const { arn } = await machines.run(states, { key: "two" });
  const exited = (await machines.history(arn)).find(({ type }) => type === "PassStateExited");
  await putObject("two");
  await redrive(arn);
  expect((await machines.ended(arn)).output).toBe(exited!.stateExitedEventDetails!.output);
});

test("a redrive of a Map Run redrives the children that failed", async () => {
  await putObject("three");
  const states = {
    Each: {
      Type: "Map",
      ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED" }, StartAt: "Read", States: { Read: read("$") } },
      MaxConcurrency: 1,
      End: true,
    },
  };
  const { arn, error } = await machines.run(states, ["three", "four"]);
  expect(error).toBe("States.ExceedToleratedFailureThreshold");
  await putObject("four");
  await redrive(arn);
  expect(await machines.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: '["three","four"]' });
  const { mapRuns } = await machines.client.send(new ListMapRunsCommand({ executionArn: arn }));
  expect(mapRuns).toHaveLength(1);
  const { mapRunArn } = mapRuns![0]!;
  const run = await machines.client.send(new DescribeMapRunCommand({ mapRunArn }));
  expect(run).toMatchObject({ status: "SUCCEEDED", executionCounts: { succeeded: 2, failed: 0, total: 2 } });
  const { executions } = await machines.client.send(new ListExecutionsCommand({ mapRunArn }));
  expect(executions!.map(({ redriveCount }) => redriveCount)).toEqual(expect.arrayContaining([0, 1]));
  expect((await machines.history(arn)).map(({ type }) => type)).toContain("MapRunRedriven");
});

test("what was stopped can be redriven", async () => {
  const arn = await machines.start(await machines.create({ Wait: { Type: "Wait", Seconds: 100, End: true } }), 1);
  await expect.poll(async () => (await machines.history(arn)).length).toBe(2);
  await machines.client.send(new StopExecutionCommand({ executionArn: arn }));
  await redrive(arn);
  const found = await machines.client.send(new DescribeExecutionCommand({ executionArn: arn }));
  expect(found).toMatchObject({ status: "RUNNING", redriveCount: 1 });
  expect(found.stopDate).toBeUndefined();
  await cloud.clock.advance(101_000);
  expect(await machines.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: "1" });
});

test("fails for what succeeded, and for what ended too long ago", async () => {
  const fine = await machines.run({ A: { Type: "Succeed" } });
  const again = machines.client.send(new RedriveExecutionCommand({ executionArn: fine.arn }));
  await expect(again).rejects.toMatchObject({
    name: "ExecutionNotRedrivable",
    message: "Execution is SUCCEEDED and cannot be redriven",
  });
  const failed = await machines.run({ A: { Type: "Fail" } });
  await cloud.clock.advance(15 * 86_400_000);
  const late = machines.client.send(new RedriveExecutionCommand({ executionArn: failed.arn }));
  await expect(late).rejects.toMatchObject({ name: "ExecutionNotRedrivable" });
});
