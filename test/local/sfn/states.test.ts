import { DescribeStateMachineCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;

beforeAll(async () => {
  cloud = await startTestCloud();
  machines = new Machines(cloud);
});

afterAll(() => cloud.stop());

test("a Pass state gives its result, and the history has AWS's order", async () => {
  const { arn, status, output } = await machines.run({
    State_1: { Type: "Pass", Result: { Arg1: "argument1" }, End: true },
  });
  expect({ status, output }).toEqual({ status: "SUCCEEDED", output: { Arg1: "argument1" } });
  const events = await machines.history(arn);
  expect(events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [1, 0, "ExecutionStarted"],
    [2, 0, "PassStateEntered"],
    [3, 2, "PassStateExited"],
    [4, 3, "ExecutionSucceeded"],
  ]);
});

describe("JSONPath", () => {
  test("selects, fills, places and passes on", async () => {
    const { output } = await machines.run(
      {
        Fill: {
          Type: "Pass",
          InputPath: "$.order",
          Parameters: { "id.$": "$.id", "who.$": "$$.Execution.Name", "text.$": "States.Format('No. {}', $.id)" },
          ResultPath: "$.filled",
          Next: "Out",
        },
        Out: { Type: "Pass", OutputPath: "$.filled", End: true },
      },
      { order: { id: 7 } },
    );
    expect(output).toEqual({ id: 7, who: expect.stringMatching(/^[0-9a-f-]{36}$/), text: "No. 7" });
  });

  test.each([
    ["$.items[*].n", [1, 2]],
    ["$.items[1:].n", [2]],
    ["$.items[?(@.n > 1)].n", [2]],
    ["$..n", [1, 2]],
    ["$.items[0].n", 1],
  ])("reads %s", async (path, found) => {
    const states = { Read: { Type: "Pass", Parameters: { "found.$": path }, End: true } };
    const { output } = await machines.run(states, { items: [{ n: 1 }, { n: 2 }] });
    expect(output).toEqual({ found });
  });

  test("fails when a path leads nowhere", async () => {
    const { status, error, cause } = await machines.run(
      { Read: { Type: "Pass", Parameters: { "x.$": "$.none" }, End: true } },
      { a: 1 },
    );
    expect({ status, error }).toEqual({ status: "FAILED", error: "States.ParameterPathFailure" });
    expect(cause).toContain(
      `The JSONPath '$.none' specified for the field 'x.$' could not be found in the input '{"a":1}'`,
    );
  });

  test.each([
    ["States.Array(1, 'two', true, null)", [1, "two", true, null]],
    [
      "States.ArrayPartition($.list, 2)",
      [
        [1, 2],
        [3, 1],
      ],
    ],
    ["States.ArrayUnique($.list)", [1, 2, 3]],
    ["States.ArrayContains($.list, 3)", true],
    ["States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]],
    ["States.ArrayGetItem($.list, 2)", 3],
    ["States.ArrayLength($.list)", 4],
    ["States.Base64Encode('hello')", "aGVsbG8="],
    ["States.Base64Decode('aGVsbG8=')", "hello"],
    ["States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"],
    ["States.JsonMerge($.one, $.two, false)", { a: 2, b: 3 }],
    ["States.MathAdd(111, -1)", 110],
    ["States.StringSplit('a,b+c', ',+')", ["a", "b", "c"]],
    ["States.StringToJson('{\"a\":1}')", { a: 1 }],
    ["States.JsonToString($.one)", '{"a":1}'],
    [String.raw`States.Format('\'{}\' costs {}', 'tea', 3)`, "'tea' costs 3"],
    ["States.Format('{}', States.MathAdd(1, 2))", "3"],
  ])("evaluates %s", async (text, value) => {
    const input = { list: [1, 2, 3, 1], one: { a: 1 }, two: { a: 2, b: 3 } };
    const { output } = await machines.run(
      { Call: { Type: "Pass", Parameters: { "value.$": text }, End: true } },
      input,
    );
    expect(output).toEqual({ value });
  });
});

describe("JSONata", () => {
  test("evaluates expressions, keeps variables, and sees the context", async () => {
    const { output } = await machines.run(
      {
        Sum: { Type: "Pass", Assign: { total: "{% $sum($states.input.n) %}" }, Next: "Out" },
        Out: {
          Type: "Pass",
          Output: { total: "{% $total %}", name: "{% $states.context.State.Name %}", plain: "as it is" },
          End: true,
        },
      },
      { n: [1, 2, 3] },
      { QueryLanguage: "JSONata" },
    );
    expect(output).toEqual({ total: 6, name: "Out", plain: "as it is" });
  });

  test("fails when an expression gives nothing, and does not hang on one that never ends", async () => {
    const jsonata = { QueryLanguage: "JSONata" };
    const nothing = await machines.run(
      { A: { Type: "Pass", Output: "{% $states.input.none %}", End: true } },
      {},
      jsonata,
    );
    expect(nothing).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
    const endless = "{% ($loop := function($n) { $loop($n + 1) + 1 }; $loop(1)) %}";
    const loop = await machines.run({ A: { Type: "Pass", Output: endless, End: true } }, {}, jsonata);
    expect(loop).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
  });
});

describe("Choice", () => {
  const choose = async (rule: object, input: object) => {
    const { output, error } = await machines.run(
      {
        Choose: { Type: "Choice", Choices: [{ ...rule, Next: "Yes" }], Default: "No" },
        Yes: { Type: "Pass", Result: "yes", End: true },
        No: { Type: "Pass", Result: "no", End: true },
      },
      input,
    );
    return output ?? error;
  };

  test.each([
    [{ Variable: "$.n", NumericGreaterThan: 3 }, { n: 4 }, "yes"],
    [{ Variable: "$.n", NumericGreaterThan: 3 }, { n: "4" }, "no"],
    [{ Variable: "$.n", NumericLessThanEqualsPath: "$.m" }, { n: 4, m: 4 }, "yes"],
    [{ Variable: "$.s", StringMatches: "log-*.txt" }, { s: "log-1.txt" }, "yes"],
    [{ Variable: "$.s", StringMatches: String.raw`a\*b` }, { s: "a*b" }, "yes"],
    [{ Variable: "$.s", StringMatches: "a*a" }, { s: "a" }, "no"],
    [{ Variable: "$.t", TimestampLessThan: "2026-01-01T00:00:00Z" }, { t: "2025-12-31T23:59:59.5Z" }, "yes"],
    [{ Variable: "$.none", IsPresent: false }, {}, "yes"],
    [{ Variable: "$.x", IsNull: true }, { x: null }, "yes"],
    [
      { And: [{ Variable: "$.a", BooleanEquals: true }, { Not: { Variable: "$.b", IsPresent: true } }] },
      { a: true },
      "yes",
    ],
    [{ Variable: "$.none", StringEquals: "x" }, {}, "States.Runtime"],
  ])("%j of %j: %s", async (rule, input, found) => {
    expect(await choose(rule, input)).toBe(found);
  });

  test("fails when nothing matches and there is no default", async () => {
    const states = {
      Choose: { Type: "Choice", Choices: [{ Variable: "$.n", NumericEquals: 1, Next: "Yes" }] },
      Yes: { Type: "Succeed" },
    };
    expect(await machines.run(states, { n: 2 })).toMatchObject({ status: "FAILED", error: "States.NoChoiceMatched" });
  });

  test("takes a JSONata condition", async () => {
    const states = {
      Choose: { Type: "Choice", Choices: [{ Condition: "{% $states.input.n > 1 %}", Next: "Yes" }], Default: "No" },
      Yes: { Type: "Succeed", Output: "yes" },
      No: { Type: "Fail" },
    };
    expect(await machines.run(states, { n: 2 }, { QueryLanguage: "JSONata" })).toMatchObject({ output: "yes" });
  });
});

test("a Wait ends when the cloud's clock says so", async () => {
  const machine = await machines.create({
    Wait: { Type: "Wait", Seconds: 3600, Next: "Done" },
    Done: { Type: "Succeed" },
  });
  const arn = await machines.start(machine);
  await expect.poll(async () => (await machines.history(arn)).length).toBe(2);
  await cloud.clock.advance(3_599_000);
  expect((await machines.history(arn)).length).toBe(2);
  await cloud.clock.advance(2_000);
  const { status, startDate, stopDate } = await machines.ended(arn);
  expect(status).toBe("SUCCEEDED");
  expect(stopDate!.getTime() - startDate!.getTime()).toBeGreaterThanOrEqual(3_600_000);
});

test("fails when SecondsPath is not a whole number, in AWS's words", async () => {
  const states = { WaitState: { Type: "Wait", SecondsPath: "$.input.waitSeconds", End: true } };
  const { error, cause } = await machines.run(states, { input: { waitSeconds: -1.5 } });
  expect({ error, cause }).toEqual({
    error: "States.Runtime",
    cause:
      "An error occurred while executing the state 'WaitState' (entered at the event id #2). The SecondsPath parameter cannot be parsed as a long value: $.input.waitSeconds == -1.5",
  });
});

test("Fail ends with its error and cause", async () => {
  const states = { FailState: { Type: "Fail", ErrorPath: "$.Error", CausePath: "$.Cause" } };
  const { arn, status, error, cause } = await machines.run(states, { Error: "error string", Cause: "cause string" });
  expect({ status, error, cause }).toEqual({ status: "FAILED", error: "error string", cause: "cause string" });
  expect((await machines.history(arn)).at(-1)).toMatchObject({ id: 3, previousEventId: 2, type: "ExecutionFailed" });
});

test("Parallel runs its branches and catches what fails in one of them", async () => {
  const branch = (value: string) => ({
    StartAt: value,
    States: { [value]: { Type: "Pass", Result: value, End: true } },
  });
  const fine = await machines.run(
    { Both: { Type: "Parallel", Branches: [branch("a"), branch("b")], ResultPath: "$.both", End: true } },
    { n: 1 },
  );
  expect(fine.output).toEqual({ n: 1, both: ["a", "b"] });
  const failing = { StartAt: "Stop", States: { Stop: { Type: "Fail", Error: "Broken", Cause: "on purpose" } } };
  const waiting = { StartAt: "Wait", States: { Wait: { Type: "Wait", Seconds: 9999, End: true } } };
  const caught = await machines.run({
    Both: {
      Type: "Parallel",
      Branches: [waiting, failing],
      Catch: [{ ErrorEquals: ["Broken"], Next: "Over" }],
      End: true,
    },
    Over: { Type: "Pass", End: true },
  });
  expect(caught.output).toEqual({ Error: "Broken", Cause: "on purpose" });
});

test("Map runs its processor for each item, in order, with the item's place in the context", async () => {
  const states = {
    Each: {
      Type: "Map",
      ItemsPath: "$.items",
      MaxConcurrency: 2,
      ItemSelector: { "value.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index", "all.$": "$.name" },
      ItemProcessor: { StartAt: "Keep", States: { Keep: { Type: "Pass", End: true } } },
      End: true,
    },
  };
  const { output, arn } = await machines.run(states, { name: "n", items: ["a", "b", "c"] });
  expect(output).toEqual(["a", "b", "c"].map((value, index) => ({ value, index, all: "n" })));
  const types = (await machines.history(arn)).map(({ type }) => type);
  expect(types.filter((type) => type === "MapIterationSucceeded")).toHaveLength(3);
  expect(types.at(-3)).toBe("MapStateSucceeded");
});

test("fails when a result is larger than 256 KiB", async () => {
  const states = { Big: { Type: "Pass", Result: "x".repeat(300_000), End: true } };
  expect(await machines.run(states)).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
});

test("an execution ends when its own time is over", async () => {
  const machine = await machines.create({ Wait: { Type: "Wait", Seconds: 500, End: true } }, { TimeoutSeconds: 60 });
  const arn = await machines.start(machine);
  await cloud.clock.advance(61_000);
  expect(await machines.ended(arn)).toMatchObject({ status: "TIMED_OUT", redriveStatus: "REDRIVABLE" });
});

test("the context object counts redrives, and no attempts where a state cannot be tried again", async () => {
  const { output } = await machines.run({ Look: { Type: "Pass", Parameters: { "seen.$": "$$" }, End: true } });
  const { seen } = output as { seen: { Execution: object; State: object } };
  expect(seen.Execution).toHaveProperty("RedriveCount", 0);
  expect(seen.State).not.toHaveProperty("RetryCount");
});

test("States.Format writes objects as AWS does, and States.StringToJson finds nothing in blanks", async () => {
  const Parameters = {
    "text.$": "States.Format('{} {}', $.object, $.list)",
    "blank.$": "States.StringToJson($.blank)",
  };
  const input = { object: { Id: 1, Name: "a" }, list: [1, "b"], blank: " " };
  const { output } = await machines.run({ Fill: { Type: "Pass", Parameters, End: true } }, input);
  expect(output).toEqual({ text: "{Id=1, Name=a} [1, b]", blank: null });
});

test("a state machine is described with the variables that its states read and with its key", async () => {
  const stateMachineArn = await machines.create({
    Set: { Type: "Pass", Assign: { answer: 42, list: [1] }, Next: "Choose" },
    Choose: {
      Type: "Choice",
      Choices: [{ Variable: "$answer", NumericEqualsPath: "$.n", Next: "Each" }],
      Default: "Each",
    },
    Each: {
      Type: "Map",
      ItemProcessor: {
        StartAt: "In",
        States: { In: { Type: "Pass", Parameters: { "x.$": "States.Array($answer, $.a)" }, End: true } },
      },
      Next: "Last",
    },
    Last: {
      Type: "Pass",
      QueryLanguage: "JSONata",
      Output: "{% ($own := $answer; $map($list, function($v) { $v + $own + $states.input.b })) %}",
      End: true,
    },
  });
  const described = await machines.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  expect(described).toMatchObject({
    encryptionConfiguration: { type: "AWS_OWNED_KEY" },
    variableReferences: { Choose: ["answer"], In: ["answer"], Last: ["answer", "list"] },
  });
});
