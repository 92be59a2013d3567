import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { type DebianClients, debianClients, hasAwsCli, hasBoto3 } from "../../helpers/debian-clients.ts";

let cloud: TestCloud;
let clients: DebianClients;

beforeAll(async () => {
  cloud = await startTestCloud({ roles: ["workflow"] });
  clients = debianClients(cloud, { DEFINITION });
});

afterAll(() => cloud.stop());

const DEFINITION = JSON.stringify({
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      ItemProcessor: { StartAt: "Keep", States: { Keep: { Type: "Pass", End: true } } },
      ItemsPath: "$.items",
      End: true,
    },
  },
});

const BOTO3 = `
import boto3, json, os, time
from botocore.config import Config

sfn = boto3.client("stepfunctions", endpoint_url=os.environ["ENDPOINT"], config=Config(inject_host_prefix=False))
definition = os.environ["DEFINITION"]
role = "arn:aws:iam::000000000000:role/workflow"
machine = sfn.create_state_machine(name="python", definition=definition, roleArn=role, publish=True)
arn = machine["stateMachineArn"]
alias = sfn.create_state_machine_alias(
    name="live", routingConfiguration=[{"stateMachineVersionArn": machine["stateMachineVersionArn"], "weight": 100}]
)["stateMachineAliasArn"]
execution = sfn.start_execution(stateMachineArn=alias, name="one", input='{"items": [1, 2]}')["executionArn"]
found = sfn.describe_execution(executionArn=execution)
deadline = time.time() + 20
while found["status"] == "RUNNING" and time.time() < deadline:
    time.sleep(0.02)
    found = sfn.describe_execution(executionArn=execution)
pages = sfn.get_paginator("get_execution_history").paginate(executionArn=execution, PaginationConfig={"PageSize": 3})
events = [event["type"] for page in pages for event in page["events"]]
express = sfn.create_state_machine(name="quick", definition=definition, roleArn=role, type="EXPRESS")
sync = sfn.start_sync_execution(stateMachineArn=express["stateMachineArn"], input='{"items": []}')
try:
    sfn.create_state_machine(name="bad", definition='{"StartAt": "A"}', roleArn=role)
except sfn.exceptions.InvalidDefinition as error:
    refusal = error.response["Error"]["Message"]
print(json.dumps({
    "status": found["status"], "output": found["output"], "alias": found["stateMachineAliasArn"] == alias,
    "first": events[0], "last": events[-1], "count": len(events), "sync": [sync["status"], sync["output"]],
    "refusal": refusal,
}))
`;

describe.runIf(hasBoto3)("boto3", () => {
  test("makes, runs and reads state machines", async () => {
    const told = await clients.boto3(BOTO3);
    expect(told).toEqual({
      status: "SUCCEEDED",
      output: "[1,2]",
      alias: true,
      first: "ExecutionStarted",
      last: "ExecutionSucceeded",
      count: 14,
      sync: ["SUCCEEDED", "[]"],
      refusal: expect.stringMatching(/^Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: .*States/),
    });
  });
});

describe.runIf(hasAwsCli)("the AWS CLI", () => {
  const aws = (...args: string[]) => clients.aws("stepfunctions", ...args);

  test("makes and runs a state machine", async () => {
    const role = "arn:aws:iam::000000000000:role/workflow";
    const made = JSON.parse(
      await aws("create-state-machine", "--name", "cli", "--definition", DEFINITION, "--role-arn", role),
    ) as { stateMachineArn: string };
    const started = JSON.parse(
      await aws("start-execution", "--state-machine-arn", made.stateMachineArn, "--input", '{"items":[]}'),
    ) as { executionArn: string };
    const found = JSON.parse(await aws("describe-execution", "--execution-arn", started.executionArn)) as object;
    expect(found).toMatchObject({ status: "SUCCEEDED", output: "[]" });
    await expect(aws("describe-execution", "--execution-arn", `${started.executionArn}x`)).rejects.toMatchObject({
      stderr: expect.stringContaining("(ExecutionDoesNotExist)"),
    });
  });
});
