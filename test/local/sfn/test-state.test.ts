import { type TestStateCommandInput, TestStateCommand } from "@aws-sdk/client-sfn";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;

beforeAll(async () => {
  cloud = await startTestCloud({ roles: ["test"] });
  machines = new Machines(cloud);
});

afterAll(() => cloud.stop());

const ROLE = "arn:aws:iam::000000000000:role/test";

async function testState(state: object, input: unknown, more: Partial<TestStateCommandInput> = {}) {
  const { $metadata: _metadata, ...answer } = await machines.client.send(
    new TestStateCommand({ definition: JSON.stringify(state), input: JSON.stringify(input), ...more }),
  );
  return { ...answer, ...(answer.output !== undefined && { output: JSON.parse(answer.output) as unknown }) };
}

/** What was inspected, with values parsed. */
async function inspected(state: object, input: unknown, more: Partial<TestStateCommandInput> = {}) {
  const { inspectionData } = await testState(state, input, { inspectionLevel: "DEBUG", ...more });
  const parsed = (value: unknown) => (typeof value === "string" ? (JSON.parse(value) as unknown) : value);
  return Object.fromEntries(Object.entries(inspectionData!).map(([name, value]) => [name, parsed(value)]));
}

const IO_PASS = {
  Type: "Pass",
  InputPath: "$.initialData",
  Parameters: { staticValue: "some value", "inputValue.$": "$.fieldFromInput" },
  ResultPath: "$.modifiedData",
  End: true,
};
const IO_INPUT = { initialData: { fieldFromInput: "value from input" }, unrelated: 1 };

test("tests a state by itself and returns its output and the next state", async () => {
  expect(await testState(IO_PASS, IO_INPUT)).toEqual({
    status: "SUCCEEDED",
    output: { ...IO_INPUT, modifiedData: { staticValue: "some value", inputValue: "value from input" } },
  });
  const choice = { Type: "Choice", Choices: [{ Variable: "$.n", NumericEquals: 1, Next: "One" }], Default: "Other" };
  expect(await testState(choice, { n: 1 })).toEqual({ status: "SUCCEEDED", nextState: "One", output: { n: 1 } });
});

test("tests a state of a whole definition", async () => {
  const definition = { StartAt: "A", States: { A: { Type: "Pass", Next: "B" }, B: { Type: "Fail", Error: "Bad" } } };
  expect(await testState(definition, 1)).toEqual({ status: "SUCCEEDED", nextState: "B", output: 1 });
  expect(await testState(definition, 1, { stateName: "B" })).toEqual({ status: "FAILED", error: "Bad" });
  await expect(testState(definition, 1, { stateName: "C" })).rejects.toMatchObject({
    name: "ValidationException",
    message: "State not found in definition",
  });
});

describe("inspects", () => {
  test("each step of the data's way in JSONPath", async () => {
    expect(await inspected(IO_PASS, IO_INPUT)).toEqual({
      input: IO_INPUT,
      afterInputPath: { fieldFromInput: "value from input" },
      afterParameters: { staticValue: "some value", inputValue: "value from input" },
      afterResultSelector: { staticValue: "some value", inputValue: "value from input" },
      afterResultPath: expect.objectContaining({ modifiedData: expect.any(Object) }),
    });
    const result = { Type: "Pass", Result: { key: 1 }, ResultPath: "$.made", End: true };
    expect(await inspected(result, { a: 1 })).toEqual({
      input: { a: 1 },
      result: { key: 1 },
      afterResultSelector: { key: 1 },
      afterResultPath: { a: 1, made: { key: 1 } },
    });
    expect(await inspected({ Type: "Succeed" }, 1)).toEqual({ input: 1, afterInputPath: 1 });
  });

  test("variables in JSONata", async () => {
    const state = { Type: "Pass", QueryLanguage: "JSONata", Output: "{% $x + 1 %}", Assign: { y: 2 }, End: true };
    expect(await inspected(state, {}, { variables: '{"x":1}' })).toEqual({ input: {}, variables: { x: 1, y: 2 } });
    expect(await testState(state, {}, { variables: '{"x":1}' })).toMatchObject({ output: 2 });
  });
});

test("a task really calls the service", async () => {
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "tested" }));
  await s3.send(new PutObjectCommand({ Bucket: "tested", Key: "key", Body: "text" }));
  const state = {
    Type: "Task",
    Resource: "arn:aws:states:::aws-sdk:s3:getObject",
    Parameters: { Bucket: "tested", "Key.$": "$.key" },
    OutputPath: "$.Body",
    End: true,
  };
  expect(await testState(state, { key: "key" }, { roleArn: ROLE })).toEqual({ status: "SUCCEEDED", output: "text" });
  expect(await testState(state, { key: "none" }, { roleArn: ROLE })).toMatchObject({
    status: "FAILED",
    error: "S3.NoSuchKeyException",
  });
  await expect(testState(state, {})).rejects.toThrow("RoleArn must be specified when testing a Task state");
});

describe("a mock", () => {
  const TASK = {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
    Parameters: { FunctionName: "foo" },
    Retry: [{ ErrorEquals: ["Again"], IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 2 }],
    Catch: [
      { ErrorEquals: ["Other"], Next: "HandleOther" },
      { ErrorEquals: ["States.TaskFailed"], ResultPath: "$.error", Next: "HandleFailed" },
    ],
    ResultPath: "$.result",
    End: true,
  };
  const failing = (error: string) => ({ mock: { errorOutput: { error, cause: "why" } } });

  test("replaces the result", async () => {
    const answer = await testState(TASK, { a: 1 }, { mock: { result: '{"b":2}' } });
    expect(answer).toEqual({ status: "SUCCEEDED", output: { a: 1, result: { b: 2 } } });
  });

  test("replaces a failure that is caught", async () => {
    const more = { ...failing("Broken"), inspectionLevel: "DEBUG" } as const;
    expect(await testState(TASK, { a: 1 }, more)).toMatchObject({
      status: "CAUGHT_ERROR",
      error: "Broken",
      cause: "why",
      nextState: "HandleFailed",
      output: { a: 1, error: { Error: "Broken", Cause: "why" } },
      inspectionData: { errorDetails: { catchIndex: 1 } },
    });
  });

  test("replaces a failure that would be retried, as often as the retrier says", async () => {
    const more = { ...failing("Again"), inspectionLevel: "TRACE" } as const;
    const details = async (retrierRetryCount: number) =>
      (await testState(TASK, {}, { ...more, stateConfiguration: { retrierRetryCount } })).inspectionData?.errorDetails;
    expect(await testState(TASK, {}, more)).toMatchObject({ status: "RETRIABLE", error: "Again" });
    expect(await details(0)).toEqual({ retryIndex: 0, retryBackoffIntervalSeconds: 3 });
    expect(await details(1)).toEqual({ retryIndex: 0, retryBackoffIntervalSeconds: 6 });
    expect(await details(2)).toEqual({ catchIndex: 1 });
  });

  test("replaces iterations, of which some fail", async () => {
    const ItemProcessor = { StartAt: "A", States: { A: { Type: "Pass", End: true } } };
    const state = { Type: "Map", ItemProcessor, ToleratedFailureCount: 1, End: true };
    const mock = { result: "[1,1,1]" };
    const fails = (mapIterationFailureCount: number) =>
      testState(state, [1, 2, 3], { mock, stateConfiguration: { mapIterationFailureCount } });
    expect(await fails(1)).toEqual({ status: "SUCCEEDED", output: [1, 1, 1] });
    expect(await fails(2)).toMatchObject({ status: "FAILED", error: "States.ExceedToleratedFailureThreshold" });
    await expect(fails(4)).rejects.toThrow("Map iteration failure count must be less than or equal to");
  });

  test.each([
    [{ Type: "Succeed" }, { result: "1" }, "State type 'Succeed' is not supported when a mock is specified"],
    [TASK, { result: "not json" }, "Mocked result must be valid JSON"],
    [
      TASK,
      { result: "1", errorOutput: { error: "E" } },
      "A test mock should have only one of the following fields: [result, errorOutput].",
    ],
  ])("fails for %j with %j", async (state, mock, words) => {
    await expect(testState(state, {}, { mock })).rejects.toMatchObject({ name: "ValidationException", message: words });
  });
});

test("the context object can be made up", async () => {
  const state = { Type: "Pass", Parameters: { "id.$": "$$.Execution.Id" }, End: true };
  expect((await testState(state, {}, { context: '{"Execution":{"Id":"mine"}}' })).output).toEqual({ id: "mine" });
  await expect(testState(state, {}, { context: '{"Execution":{"Id":1}}' })).rejects.toThrow(
    "Invalid Context object provided: Execution.Id must be a string",
  );
});

test("fails for a Map without a mock, and for an invalid state", async () => {
  const map = { Type: "Map", ItemProcessor: { StartAt: "A", States: { A: { Type: "Pass", End: true } } }, End: true };
  await expect(testState(map, [])).rejects.toThrow("TestState API does not support Map or Parallel states");
  await expect(testState({ Type: "Task", End: true }, {}, { roleArn: ROLE })).rejects.toMatchObject({
    name: "InvalidDefinition",
  });
});

test("a Map state shows its settings, and the mocked result counts where nothing limits its failures", async () => {
  const ItemProcessor = { StartAt: "A", States: { A: { Type: "Pass", End: true } } };
  const state = { Type: "Map", ItemsPath: "$.values", ItemProcessor, MaxConcurrency: 2, End: true };
  const mock = { result: "[1,2]" };
  const stateConfiguration = { mapIterationFailureCount: 2 };
  expect((await testState(state, { values: [1, 2] }, { mock, stateConfiguration })).status).toBe("SUCCEEDED");
  expect(await inspected({ ...state, ToleratedFailureCount: 3 }, { values: [1, 2] }, { mock })).toMatchObject({
    afterInputPath: { values: [1, 2] },
    afterItemsPath: [1, 2],
    maxConcurrency: 2,
    toleratedFailureCount: 3,
  });
});

test("the context object of a test has no redrives, and no attempts where a state cannot be tried again", async () => {
  const context = { "seen.$": "$$" };
  const { output } = await testState({ Type: "Pass", Parameters: context, End: true }, {});
  const { seen } = output as { seen: { Execution: object; State: object } };
  expect(seen.Execution).not.toHaveProperty("RedriveCount");
  expect(seen.State).not.toHaveProperty("RetryCount");
});

test("a state in a Map's processor or in a branch is found by its name", async () => {
  const inner = (name: string) => ({ StartAt: name, States: { [name]: { Type: "Pass", End: true } } });
  const machine = {
    StartAt: "Each",
    States: {
      Each: { Type: "Map", ItemProcessor: inner("Item"), Next: "Both" },
      Both: { Type: "Parallel", Branches: [inner("Left"), inner("Right")], End: true },
    },
  };
  for (const stateName of ["Item", "Left", "Right"]) {
    expect(await testState(machine, { n: 1 }, { stateName })).toMatchObject({ status: "SUCCEEDED", output: { n: 1 } });
  }
  await expect(testState(machine, {}, { stateName: "None" })).rejects.toThrow("State not found in definition");
});
