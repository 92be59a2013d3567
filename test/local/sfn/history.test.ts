import { InvalidDefinition } from "@aws-sdk/client-sfn";
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

const JSONATA = { QueryLanguage: "JSONata" };
const KEEP = { StartAt: "Keep", States: { Keep: { Type: "Pass", End: true } } };
const IN = (state: string, id: number) =>
  `An error occurred while executing the state '${state}' (entered at the event id #${id}). `;

const told = async (arn: string) =>
  (await machines.history(arn)).map(({ id, previousEventId, type }) => [id, previousEventId, type]);

describe("the interpreter complains in AWS's words", () => {
  test.each([
    [
      { A: { Type: "Pass", OutputPath: "$.NoSuchOutputPath", End: true } },
      "Invalid path '$.NoSuchOutputPath' : No results for path: $['NoSuchOutputPath']",
    ],
    [
      { A: { Type: "Pass", InputPath: "$.no.such.path", End: true } },
      "Invalid path '$.no.such.path' : Missing property in path $['no']",
    ],
    [
      { A: { Type: "Fail", ErrorPath: "$.ErrorX" } },
      `The JSONPath '$.ErrorX' specified for the field 'ErrorPath' could not be found in the input '{"at":"05-12-2016T21:29:29Z"}'`,
    ],
    [
      { A: { Type: "Wait", SecondsPath: "$.seconds", End: true } },
      "The SecondsPath parameter does not reference an input value: $.seconds",
    ],
    [
      { A: { Type: "Wait", TimestampPath: "$.at", End: true } },
      "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.at == 05-12-2016T21:29:29Z",
    ],
    [{ A: { Type: "Wait", Timestamp: "2199-01-01T00:00:00Z", End: true } }, "Wait state delay is too long."],
  ])("of %j", async (states, words) => {
    const { arn, error, cause } = await machines.run(states, { at: "05-12-2016T21:29:29Z" });
    expect({ error, cause }).toEqual({ error: "States.Runtime", cause: IN("A", 2) + words });
    expect((await told(arn)).at(-1)).toEqual([3, 2, "ExecutionFailed"]);
  });

  test.each([
    [
      { A: { Type: "Pass", Output: "{% $doesNotExist %}", End: true } },
      "Output",
      "The JSONata expression '$doesNotExist' specified for the field 'Output' returned nothing (undefined).",
      0,
    ],
    [
      { A: { Type: "Wait", Timestamp: "{% '2016-12-05T21:29:29' %}", End: true } },
      "Timestamp",
      "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: 2016-12-05T21:29:29",
      2,
    ],
  ])("of the expression in %j", async (states, location, words, before) => {
    const { arn, error, cause } = await machines.run(states, {}, JSONATA);
    expect({ error, cause }).toEqual({ error: "States.QueryEvaluationError", cause: IN("A", 2) + words });
    const events = await machines.history(arn);
    expect(events[2]).toMatchObject({
      previousEventId: before,
      type: "EvaluationFailed",
      evaluationFailedEventDetails: { cause, error, location, state: "A" },
    });
    expect((await told(arn)).at(-1)).toEqual([4, 3, "ExecutionFailed"]);
  });

  test.each([
    ["{% true %}", "true", "boolean", "true"],
    ["{% {'foo': 'bar'} %}", "{'foo': 'bar'}", "object", '{"foo":"bar"}'],
    ["{% 'string' %}", "'string'", "string", '"string"'],
  ])("of the items %s", async (Items, source, kind, value) => {
    const states = { Each: { Type: "Map", Items, ItemProcessor: KEEP, End: true } };
    const { arn, cause } = await machines.run(states, {}, JSONATA);
    expect(cause).toBe(
      `${IN("Each", 2)}The JSONata expression '${source}' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was '${kind}' for value: ${value}`,
    );
    expect((await told(arn)).slice(2)).toEqual([
      [3, 0, "EvaluationFailed"],
      [4, 3, "MapStateFailed"],
      [5, 4, "ExecutionFailed"],
    ]);
  });
});

describe("a Map's events have AWS's order", () => {
  test("one iteration after another", async () => {
    const states = { Each: { Type: "Map", MaxConcurrency: 1, ItemProcessor: KEEP, End: true } };
    const { arn } = await machines.run(states, ["A", "B"]);
    expect((await told(arn)).slice(2)).toEqual([
      [3, 2, "MapStateStarted"],
      [4, 3, "MapIterationStarted"],
      [5, 4, "PassStateEntered"],
      [6, 5, "PassStateExited"],
      [7, 6, "MapIterationSucceeded"],
      [8, 6, "MapIterationStarted"],
      [9, 8, "PassStateEntered"],
      [10, 9, "PassStateExited"],
      [11, 10, "MapIterationSucceeded"],
      [12, 11, "MapStateSucceeded"],
      [13, 11, "MapStateExited"],
      [14, 13, "ExecutionSucceeded"],
    ]);
  });

  test("with its retries, and its failure only once", async () => {
    const failing = { StartAt: "Stop", States: { Stop: { Type: "Fail", Error: "ItemError" } } };
    const Retry = [{ ErrorEquals: ["ItemError"], IntervalSeconds: 0, MaxAttempts: 1 }];
    const states = { Each: { Type: "Map", ItemProcessor: failing, Retry, End: true } };
    const { arn } = await machines.run(states, [1]);
    expect((await told(arn)).slice(2)).toEqual([
      [3, 2, "MapStateStarted"],
      [4, 3, "MapIterationStarted"],
      [5, 4, "FailStateEntered"],
      [6, 5, "MapIterationFailed"],
      [7, 5, "MapStateStarted"],
      [8, 7, "MapIterationStarted"],
      [9, 8, "FailStateEntered"],
      [10, 9, "MapIterationFailed"],
      [11, 9, "MapStateFailed"],
      [12, 11, "ExecutionFailed"],
    ]);
  });
});

describe("fails to make a machine", () => {
  test.each([
    [
      { Type: "Wait", Timestamp: "2016-12-05T21:29:29" },
      "String does not match RFC3339 timestamp at /States/A/Timestamp",
    ],
    [
      { Type: "Pass", Parameters: { "x.$": String.raw`States.Format('\q')` } },
      "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters",
    ],
    [
      { Type: "Pass", Parameters: { "x.$": "plain" } },
      "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters",
    ],
  ])("of %j", async (state, words) => {
    const made = machines.create({ A: { ...state, End: true } });
    await expect(made).rejects.toThrow(InvalidDefinition);
    await expect(made).rejects.toThrow(`Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${words}'`);
  });

  const jsonata = { QueryLanguage: "JSONata" };

  test.each([
    [
      { A: { Type: "Pass", Output: "{% 1 + %}", End: true } },
      jsonata,
      "INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output",
    ],
    [
      { A: { Type: "Pass", Output: { v: "{% $uppercase(phone) %}" }, End: true } },
      jsonata,
      "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output/v",
    ],
    [
      { A: { Type: "Pass", Output: 1, End: true } },
      {},
      "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A",
    ],
    [
      { A: { Type: "Pass", Parameters: {}, End: true } },
      jsonata,
      "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'Parameters' is only supported for the 'JSONPath' QueryLanguage at /States/A",
    ],
    [
      { A: { Type: "Pass", QueryLanguage: "JSONPath", End: true } },
      jsonata,
      "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A",
    ],
    [
      {
        A: {
          Type: "Map",
          QueryLanguage: "JSONata",
          ItemProcessor: { StartAt: "B", States: { B: { Type: "Pass", Output: 1, End: true } } },
          End: true,
        },
      },
      {},
      "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A/ItemProcessor/States/B",
    ],
    [
      {
        A: {
          Type: "Map",
          ItemProcessor: {
            QueryLanguage: "JSONata",
            StartAt: "B",
            States: { B: { Type: "Pass", End: true } },
          },
          End: true,
        },
      },
      {},
      "SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at /States/A/ItemProcessor",
    ],
  ])("of the language in %j", async (states, more, words) => {
    await expect(machines.create(states, more)).rejects.toThrow(`Invalid State Machine Definition: '${words}'`);
  });

  test.each([
    "$states.input.items[price > 1].name",
    "$states.input.(a & b)",
    "$map($states.input, function($v) { $v.a })",
    "$states.input{name: value}",
    "$states.input^(>price)",
    "{'a': $states.input.a, 'b': [1, true, null]}",
  ])("but not of %s", async (expression) => {
    const states = { A: { Type: "Pass", Output: `{% ${expression} %}`, End: true } };
    await expect(machines.create(states, jsonata)).resolves.toContain(":stateMachine:");
  });

  test("of a label with a sign that an ARN cannot carry", async () => {
    const ItemProcessor = { ...KEEP, ProcessorConfig: { Mode: "DISTRIBUTED" } };
    for (const Label of ["", "a b", "a#b", "x".repeat(41)]) {
      const made = machines.create({ A: { Type: "Map", Label, ItemProcessor, End: true } });
      await expect(made).rejects.toThrow("/States/A/Label");
    }
  });
});
