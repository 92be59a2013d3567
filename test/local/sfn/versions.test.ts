import {
  CreateStateMachineAliasCommand,
  DeleteStateMachineVersionCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachineVersionsCommand,
  PublishStateMachineVersionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;
let machine: string;

const passing = (value: string) => ({ Say: { Type: "Pass", Result: value, End: true } });
const definition = (value: string) => JSON.stringify({ StartAt: "Say", States: passing(value) });

beforeAll(async () => {
  cloud = await startTestCloud();
  machines = new Machines(cloud);
  machine = await machines.create(passing("one"));
  const { client } = machines;
  await client.send(new PublishStateMachineVersionCommand({ stateMachineArn: machine }));
  await client.send(new UpdateStateMachineCommand({ stateMachineArn: machine, definition: definition("two") }));
  await client.send(new PublishStateMachineVersionCommand({ stateMachineArn: machine, description: "second" }));
});

afterAll(() => cloud.stop());

const route = (weights: Record<number, number>) =>
  Object.entries(weights).map(([version, weight]) => ({ stateMachineVersionArn: `${machine}:${version}`, weight }));

test("a version is as the machine was when it was published; publishing again answers the same", async () => {
  const { client } = machines;
  const again = await client.send(new PublishStateMachineVersionCommand({ stateMachineArn: machine }));
  expect(again.stateMachineVersionArn).toBe(`${machine}:2`);
  const { stateMachineVersions } = await client.send(new ListStateMachineVersionsCommand({ stateMachineArn: machine }));
  expect(stateMachineVersions!.map(({ stateMachineVersionArn }) => stateMachineVersionArn)).toEqual([
    `${machine}:2`,
    `${machine}:1`,
  ]);
  const first = await client.send(new DescribeStateMachineCommand({ stateMachineArn: `${machine}:1` }));
  expect(first).toMatchObject({ stateMachineArn: `${machine}:1`, definition: definition("one") });
  const arn = await machines.start(`${machine}:1`);
  expect(await machines.ended(arn)).toMatchObject({
    output: '"one"',
    stateMachineVersionArn: `${machine}:1`,
    stateMachineArn: machine,
  });
});

test("an alias leads to its versions by their weights", async () => {
  const { client } = machines;
  const create = new CreateStateMachineAliasCommand({ name: "live", routingConfiguration: route({ 1: 100 }) });
  const { stateMachineAliasArn } = await client.send(create);
  expect(stateMachineAliasArn).toBe(`${machine}:live`);
  await client.send(
    new UpdateStateMachineAliasCommand({ stateMachineAliasArn, routingConfiguration: route({ 1: 70, 2: 30 }) }),
  );
  const counts = { one: 0, two: 0 };
  const arns = await Promise.all(Array.from({ length: 300 }, () => machines.start(stateMachineAliasArn!)));
  for (const executionArn of arns) {
    const { output, stateMachineAliasArn: alias } = await machines.ended(executionArn);
    expect(alias).toBe(stateMachineAliasArn);
    counts[JSON.parse(output!) as "one" | "two"]++;
  }
  // Four standard deviations of a binomial of 300 draws at 0.3.
  expect(counts.two).toBeGreaterThan(90 - 32);
  expect(counts.two).toBeLessThan(90 + 32);
  const listed = await client.send(
    new ListExecutionsCommand({ stateMachineArn: stateMachineAliasArn, maxResults: 1000 }),
  );
  expect(listed.executions).toHaveLength(300);
  const remove = client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${machine}:2` }));
  await expect(remove).rejects.toMatchObject({
    name: "ConflictException",
    message:
      "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]",
  });
  await client.send(
    new UpdateStateMachineAliasCommand({ stateMachineAliasArn, routingConfiguration: route({ 2: 100 }) }),
  );
  const { routingConfiguration } = await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
  expect(routingConfiguration).toEqual(route({ 2: 100 }));
});

describe("refuses, in AWS's words", () => {
  const alias = (name: string, routingConfiguration: ReturnType<typeof route>) => () =>
    machines.client.send(new CreateStateMachineAliasCommand({ name, routingConfiguration }));

  test.each([
    [
      "weights below 100",
      () => alias("a", route({ 1: 70, 2: 29 }))(),
      "ValidationException",
      "Sum of routing configuration weights must equal 100. Received: [70, 29]",
    ],
    [
      "a name of digits",
      () => alias("123", route({ 1: 100 }))(),
      "ValidationException",
      String.raw`1 validation error detected: Value '123' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`,
    ],
    [
      "the same version twice",
      () => alias("a", [...route({ 1: 50 }), ...route({ 1: 50 })])(),
      "ValidationException",
      /^Routing configuration must contain distinct state machine version ARNs\. Received: \[/,
    ],
    [
      "a machine for a version",
      () => alias("a", [{ stateMachineVersionArn: machine, weight: 100 }])(),
      "ValidationException",
      /^Routing configuration must contain state machine version ARNs\. Received: \[/,
    ],
    [
      "an alias that is not there",
      () =>
        machines.client.send(
          new UpdateStateMachineAliasCommand({ stateMachineAliasArn: `${machine}:none`, description: "x" }),
        ),
      "ResourceNotFound",
      "Request references a resource that does not exist.",
    ],
    [
      "a machine that is not there",
      () => machines.start(`${machine}none`),
      "StateMachineDoesNotExist",
      /^State Machine Does Not Exist: '.*none'$/,
    ],
    ["no ARN", () => machines.start("nonsense"), "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: nonsense'"],
    [
      "an execution that is not there",
      () => machines.ended(machine.replace("stateMachine", "execution") + ":none"),
      "ExecutionDoesNotExist",
      /^Execution Does Not Exist: '/,
    ],
    [
      "an update of nothing",
      () => machines.client.send(new UpdateStateMachineCommand({ stateMachineArn: machine })),
      "MissingRequiredParameter",
      "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
    ],
    [
      "a transition to nowhere",
      () => machines.create({ A: { Type: "Pass", Next: "B" } }),
      "InvalidDefinition",
      "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next'",
    ],
    [
      "a state that nothing leads to",
      () => machines.create({ A: { Type: "Succeed" }, B: { Type: "Succeed" } }),
      "InvalidDefinition",
      /State "B" is not reachable\. at \/States\/B/,
    ],
    [
      "input that is not JSON",
      () => machines.client.send(new StartExecutionCommand({ stateMachineArn: machine, input: "{" })),
      "InvalidExecutionInput",
      /^Invalid State Machine Execution Input: '/,
    ],
  ] as [string, () => Promise<unknown>, string, string | RegExp][])("%s", async (_what, call, name, message) => {
    const error = (await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )) as Error | undefined;
    expect(error?.name).toBe(name);
    expect(error?.message).toMatch(message);
  });
});

test("starting again by the same name is the same execution while it runs, and refused afterwards", async () => {
  const waiting = await machines.create({ Wait: { Type: "Wait", Seconds: 9999, End: true } });
  const first = await machines.start(waiting, { n: 1 }, "order-1");
  expect(await machines.start(waiting, { n: 1 }, "order-1")).toBe(first);
  await expect(machines.start(waiting, { n: 2 }, "order-1")).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
  await machines.client.send(new StopExecutionCommand({ executionArn: first, error: "Enough", cause: "seen" }));
  const stopped = await machines.client.send(new DescribeExecutionCommand({ executionArn: first }));
  expect(stopped).toMatchObject({ status: "ABORTED", error: "Enough", cause: "seen" });
  expect((await machines.history(first)).at(-1)).toMatchObject({ type: "ExecutionAborted", previousEventId: 0 });
  await expect(machines.start(waiting, { n: 1 }, "order-1")).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
});

test("definitions are validated without being kept", async () => {
  const check = (text: string) => machines.client.send(new ValidateStateMachineDefinitionCommand({ definition: text }));
  expect(await check(definition("fine"))).toMatchObject({ result: "OK", diagnostics: [] });
  expect(await check("{}")).toMatchObject({
    result: "FAIL",
    diagnostics: [
      {
        code: "SCHEMA_VALIDATION_FAILED",
        location: "/",
        message: "These fields are required: [States, StartAt]",
        severity: "ERROR",
      },
    ],
  });
});
