import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  type LoggingConfiguration,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;

beforeAll(async () => {
  cloud = await startTestCloud({ roles: ["workflow"] });
  machines = new Machines(cloud);
});

afterAll(() => cloud.stop());

const PASS = { A: { Type: "Pass", End: true } };

describe("an express execution cannot be asked about", () => {
  test.each([
    ["described", (executionArn: string) => new DescribeExecutionCommand({ executionArn })],
    ["read", (executionArn: string) => new GetExecutionHistoryCommand({ executionArn })],
    ["stopped", (executionArn: string) => new StopExecutionCommand({ executionArn })],
  ])("nor %s", async (_what, command) => {
    const arn = await machines.start(await machines.create(PASS, {}, "EXPRESS"));
    expect(arn).toContain(":express:");
    await expect(machines.client.send(command(arn) as DescribeExecutionCommand)).rejects.toMatchObject({
      name: "InvalidArn",
      message: "Invalid Arn: 'Resource type not valid in this context: express'",
    });
  });

  test("nor listed", async () => {
    const stateMachineArn = await machines.create(PASS, {}, "EXPRESS");
    await expect(machines.client.send(new ListExecutionsCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: "StateMachineTypeNotSupported",
      message: "This operation is not supported by this type of state machine",
    });
  });
});

test("fails for a token that is too long", async () => {
  const stateMachineArn = await machines.create(PASS);
  const nextToken = "x".repeat(3097);
  await expect(machines.client.send(new ListExecutionsCommand({ stateMachineArn, nextToken }))).rejects.toMatchObject({
    name: "ValidationException",
    message: `1 validation error detected: Value '${nextToken}' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal to 3096`,
  });
});

const GROUP = { cloudWatchLogsLogGroup: { logGroupArn: "arn:aws:logs:us-east-1:000000000000:log-group:group:*" } };

test.each<[LoggingConfiguration]>([[{ level: "ALL", destinations: [GROUP, GROUP] }], [{ level: "ALL" }]])(
  "fails for the logging configuration %j",
  async (loggingConfiguration) => {
    const create = new CreateStateMachineCommand({
      name: "logged",
      definition: JSON.stringify({ StartAt: "A", States: PASS }),
      roleArn: "arn:aws:iam::000000000000:role/workflow",
      loggingConfiguration,
    });
    await expect(machines.client.send(create)).rejects.toMatchObject({
      name: "InvalidLoggingConfiguration",
      message: "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    });
  },
);

test.each(["\u0000activity", "activity name", "activity*name", "activity/name", "activity\u007f", "activity~name"])(
  "fails for an activity called %j",
  async (name) => {
    await expect(machines.client.send(new CreateActivityCommand({ name }))).rejects.toMatchObject({
      name: "InvalidName",
      message: `Invalid Name: '${name}'`,
    });
  },
);

test.each([
  "arn:aws:states:::dynamodb:updateItem.waitForTaskToken",
  "arn:aws:states:::dynamodb:query",
  "arn:aws:states:::lambda:invoke.sync",
  "arn:aws:states:::aws-sdk:dynamodb:query.sync",
  "arn:aws:states:::aws-sdk:dynamodb",
])("a definition with %s is refused: there is no such integration", async (Resource) => {
  await expect(machines.create({ A: { Type: "Task", Resource, End: true } })).rejects.toMatchObject({
    name: "InvalidDefinition",
    message: expect.stringContaining(`The resource provided ${Resource} is not recognized.`) as string,
  });
});
