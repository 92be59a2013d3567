import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  UpdateMapRunCommand,
} from "@aws-sdk/client-sfn";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  machines = new Machines(cloud);
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "items" }));
});

afterAll(() => cloud.stop());

const KEEP = { Keep: { Type: "Pass", End: true } };

function mapOf(
  more: object,
  states: Record<string, object> = KEEP,
  ExecutionType = "STANDARD",
): Record<string, object> {
  const processor = {
    ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType },
    StartAt: Object.keys(states)[0],
    States: states,
  };
  return { Each: { Type: "Map", ItemProcessor: processor, ...more, End: true } };
}

async function put(Key: string, Body: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: "items", Key, Body }));
}

function reader(config: object, more: object = {}): object {
  return {
    ItemReader: {
      Resource: "arn:aws:states:::s3:getObject",
      ReaderConfig: config,
      Parameters: { Bucket: "items", "Key.$": "$.key" },
      ...more,
    },
  };
}

test("a distributed Map runs a child execution for each item, and its Map Run counts them", async () => {
  const states = mapOf({ Label: "Tests", MaxConcurrency: 1, ItemSelector: { "value.$": "$$.Map.Item.Value" } });
  const { arn, output } = await machines.run(states, ["Hello", "World"]);
  expect(output).toEqual([{ value: "Hello" }, { value: "World" }]);
  expect((await machines.history(arn)).map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [1, 0, "ExecutionStarted"],
    [2, 0, "MapStateEntered"],
    [3, 2, "MapStateStarted"],
    [4, 3, "MapRunStarted"],
    [5, 4, "MapRunSucceeded"],
    [6, 5, "MapStateSucceeded"],
    [7, 5, "MapStateExited"],
    [8, 7, "ExecutionSucceeded"],
  ]);
  const { mapRuns } = await machines.client.send(new ListMapRunsCommand({ executionArn: arn }));
  const { mapRunArn } = mapRuns![0]!;
  expect(mapRunArn).toMatch(/:mapRun:machine-\d+\/Tests:[0-9a-f-]{36}$/);
  const run = await machines.client.send(new DescribeMapRunCommand({ mapRunArn }));
  const counts = {
    aborted: 0,
    failed: 0,
    pending: 0,
    resultsWritten: 2,
    running: 0,
    succeeded: 2,
    timedOut: 0,
    total: 2,
  };
  expect(run).toMatchObject({ status: "SUCCEEDED", executionArn: arn, maxConcurrency: 1 });
  expect(run).toMatchObject({ executionCounts: counts, itemCounts: counts });
  const { executions } = await machines.client.send(new ListExecutionsCommand({ mapRunArn }));
  expect(executions).toHaveLength(2);
  expect(executions![0]).toMatchObject({ status: "SUCCEEDED", itemCount: 1, mapRunArn });
  const child = await machines.client.send(
    new DescribeExecutionCommand({ executionArn: executions![0]!.executionArn }),
  );
  expect(child).toMatchObject({ mapRunArn, input: '{"value":"World"}' });
  const described = await machines.client.send(
    new DescribeStateMachineForExecutionCommand({ executionArn: child.executionArn }),
  );
  expect(described).toMatchObject({ mapRunArn, label: "Tests", stateMachineArn: mapRuns![0]!.stateMachineArn });
});

describe("reads items", () => {
  test("of a CSV file, with quotes and a limit", async () => {
    await put("a.csv", 'Col1,Col2\r\n"a, ""b""",2\r\n"line\nbreak",4\r\n5,6\r\n');
    const config = { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW", MaxItemsPath: "$.most" };
    const { output } = await machines.run(mapOf(reader(config)), { key: "a.csv", most: 2 });
    expect(output).toEqual([
      { Col1: 'a, "b"', Col2: "2" },
      { Col1: "line\nbreak", Col2: "4" },
    ]);
  });

  test("of a CSV file with given headers and another delimiter", async () => {
    await put("b.csv", "1;2\n3;\n");
    const config = {
      InputType: "CSV",
      CSVHeaderLocation: "GIVEN",
      CSVHeaders: ["a", "b"],
      CSVDelimiter: "SEMICOLON",
    };
    expect((await machines.run(mapOf(reader(config)), { key: "b.csv" })).output).toEqual([
      { a: "1", b: "2" },
      { a: "3", b: "" },
    ]);
  });

  test("of JSON, of a part of it, and of JSON lines", async () => {
    await put("a.json", '{"deep":{"list":[1,2,3]}}');
    const config = { InputType: "JSON", ItemsPointer: "/deep/list" };
    expect((await machines.run(mapOf(reader(config)), { key: "a.json" })).output).toEqual([1, 2, 3]);
    await put("a.jsonl", '{"a":1}\n\n{"a":2}\n');
    const lines = await machines.run(mapOf(reader({ InputType: "JSONL" })), { key: "a.jsonl" });
    expect(lines.output).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test("of a listing", async () => {
    await put("listed/one", "1");
    await put("listed/two", "22");
    const states = mapOf({
      ItemReader: {
        Resource: "arn:aws:states:::s3:listObjectsV2",
        Arguments: { Bucket: "items", Prefix: "listed/" },
      },
      Output: "{% $states.result.Key %}",
    });
    const { output } = await machines.run(states, {}, { QueryLanguage: "JSONata" });
    expect(output).toEqual(["listed/one", "listed/two"]);
  });

  test("fails in AWS's words when headers come twice", async () => {
    await put("twice.csv", "Col1,Col1\n1,2\n");
    const config = { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" };
    const { arn, status, error, cause } = await machines.run(mapOf(reader(config)), { key: "twice.csv" });
    expect({ status, error, cause }).toEqual({
      status: "FAILED",
      error: "States.ItemReaderFailed",
      cause: "CSV headers cannot contain duplicates.",
    });
    expect((await machines.history(arn)).map(({ previousEventId, type }) => [previousEventId, type]).slice(3)).toEqual([
      [3, "MapRunStarted"],
      [4, "MapRunFailed"],
      [5, "MapStateFailed"],
      [6, "ExecutionFailed"],
    ]);
  });

  test("fails in AWS's words when MaxItemsPath is not an integer", async () => {
    const config = { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW", MaxItemsPath: "$.most" };
    const { arn, cause } = await machines.run(mapOf(reader(config)), { key: "a.csv", most: 1.5 });
    expect(cause).toBe(
      `An error occurred while executing the state 'Each' (entered at the event id #2). The MaxItemsPath field refers to value "1.5" which is not a valid integer: $.most`,
    );
    const last = (await machines.history(arn)).at(-1)!;
    expect([last.id, last.previousEventId, last.type]).toEqual([4, 3, "ExecutionFailed"]);
  });
});

test("a number may be a text that a path leads to", async () => {
  const states = mapOf({
    ItemsPath: "$.items",
    ItemBatcher: { MaxItemsPerBatchPath: "$.n" },
    MaxConcurrencyPath: "$.n",
  });
  const { output } = await machines.run(states, { items: [1, 2, 3], n: "2" });
  expect(output).toEqual([{ Items: [1, 2] }, { Items: [3] }]);
});

test("items are batched by number and by size", async () => {
  const more = { ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { kind: "b" } } };
  expect((await machines.run(mapOf(more), [1, 2, 3])).output).toEqual([
    { BatchInput: { kind: "b" }, Items: [1, 2] },
    { BatchInput: { kind: "b" }, Items: [3] },
  ]);
  const bySize = await machines.run(mapOf({ ItemBatcher: { MaxInputBytesPerBatch: 30 } }), ["aaaaaaa", "bbbbbbb", "c"]);
  expect(bySize.output).toEqual([{ Items: ["aaaaaaa"] }, { Items: ["bbbbbbb", "c"] }]);
});

describe("failures", () => {
  const FAILING = {
    Choose: { Type: "Choice", Choices: [{ Variable: "$", NumericGreaterThan: 8, Next: "Stop" }], Default: "Fine" },
    Stop: { Type: "Fail", Error: "TooLarge", Cause: "above 8" },
    Fine: { Type: "Succeed" },
  };

  test("fail the Map Run when there are more than it tolerates", async () => {
    const { arn, error, cause } = await machines.run(mapOf({ ToleratedFailureCount: 1 }, FAILING), [1, 9, 10]);
    expect({ error, cause }).toEqual({
      error: "States.ExceedToleratedFailureThreshold",
      cause: "The specified tolerated failure threshold was exceeded",
    });
    const { mapRuns } = await machines.client.send(new ListMapRunsCommand({ executionArn: arn }));
    const run = await machines.client.send(new DescribeMapRunCommand({ mapRunArn: mapRuns![0]!.mapRunArn }));
    expect(run).toMatchObject({ status: "FAILED", itemCounts: { failed: 2, total: 3 } });
  });

  test("that are tolerated are whole in the output", async () => {
    const { output } = await machines.run(mapOf({ ToleratedFailurePercentage: 50 }, FAILING, "EXPRESS"), [1, 9]);
    expect(output).toEqual([1, expect.objectContaining({ Status: "FAILED", Error: "TooLarge", Input: "9" })]);
  });

  test.each([
    [{ ToleratedFailureCountPath: "$.n" }, -1, "ToleratedFailureCount cannot be negative."],
    [
      { ToleratedFailureCountPath: "$.n" },
      "NoNumber",
      'The ToleratedFailureCountPath field refers to value "NoNumber" which is not a valid integer: $.n',
    ],
    [{ ToleratedFailurePercentagePath: "$.n" }, 100.1, "ToleratedFailurePercentage must be between 0 and 100."],
    [
      { ToleratedFailurePercentagePath: "$.n" },
      {},
      'The ToleratedFailurePercentagePath field refers to value "{}" which is not a valid float: $.n',
    ],
  ])("of the settings: %j with %j", async (more, n, words) => {
    const { cause, error } = await machines.run(mapOf({ ItemsPath: "$.items", ...more }), { items: [0], n });
    const where = "An error occurred while executing the state 'Each' (entered at the event id #2). ";
    expect({ error, cause }).toEqual({ error: "States.Runtime", cause: where + words });
  });
});

test("results go to S3 with a manifest that names them", async () => {
  const states = mapOf({
    Label: "TestMap",
    ResultWriter: {
      Resource: "arn:aws:states:::s3:putObject",
      Parameters: { Bucket: "items", Prefix: "mapJobs" },
      WriterConfig: { Transformation: "FLATTEN", OutputType: "JSONL" },
    },
  });
  const { output } = await machines.run(states, [[1, 2], [3]]);
  const { MapRunArn, ResultWriterDetails } = output as { MapRunArn: string; ResultWriterDetails: { Key: string } };
  const id = MapRunArn.split(":").at(-1);
  expect(ResultWriterDetails).toEqual({ Bucket: "items", Key: `mapJobs/${id}/manifest.json` });
  const read = async (Key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket: "items", Key }))).Body!.transformToString();
  const Key = `mapJobs/${id}/SUCCEEDED_0.jsonl`;
  expect(JSON.parse(await read(ResultWriterDetails.Key))).toEqual({
    DestinationBucket: "items",
    MapRunArn,
    ResultFiles: { FAILED: [], PENDING: [], SUCCEEDED: [{ Key, Size: 6 }] },
  });
  expect(await read(Key)).toBe("1\n2\n3\n");
});

test("the concurrency of a Map Run may be raised while it runs", async () => {
  const wait = { Wait: { Type: "Wait", Seconds: 60, End: true } };
  const machine = await machines.create(mapOf({ MaxConcurrency: 1 }, wait));
  const arn = await machines.start(machine, [1, 2, 3]);
  let mapRunArn: string | undefined;
  const counts = async () => {
    mapRunArn ??= (await machines.client.send(new ListMapRunsCommand({ executionArn: arn }))).mapRuns![0]?.mapRunArn;
    if (mapRunArn === undefined) return undefined;
    return (await machines.client.send(new DescribeMapRunCommand({ mapRunArn }))).executionCounts;
  };
  await expect.poll(counts).toMatchObject({ running: 1, pending: 2 });
  await machines.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 2 }));
  await expect.poll(counts).toMatchObject({ running: 2, pending: 1 });
});

test.each(["STANDARD", "EXPRESS"])("a Map Run of %s children continues after a restart", async (type) => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-map-"));
  const wait = { Wait: { Type: "Wait", Seconds: 1, End: true } };
  const first = await startTestCloud({ stateFolder });
  const before = new Machines(first);
  const arn = await before.start(await before.create(mapOf({ MaxConcurrency: 1 }, wait, type)), [1, 2]);
  await expect.poll(async () => (await before.history(arn)).length).toBe(4);
  await first.stop();
  const second = await startTestCloud({ stateFolder });
  try {
    await second.clock.advance(1_000);
    const { status, output } = await new Machines(second).ended(arn);
    expect({ status, output }).toEqual({ status: "SUCCEEDED", output: "[1,2]" });
  } finally {
    await second.stop();
    await rm(stateFolder, { recursive: true, force: true });
  }
});
