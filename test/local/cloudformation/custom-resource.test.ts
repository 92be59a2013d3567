import { CloudFormationClient, DeleteStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functionRole } from "../../helpers/function-role.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventLines, eventsOf, settledStack } from "./spine.ts";

let cloud: TestCloud;
let cloudformation: CloudFormationClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  cloudformation = cloud.client(CloudFormationClient);
});

afterAll(() => cloud.stop());

/** A function that answers as its properties say. */
const HANDLER = `
const response = require("cfn-response");
exports.handler = async (event, context) => {
  const { ResponseURL, ServiceToken, ...received } = event;
  await new Promise((resolve) => {
    context.done = resolve;
    const { Fail, Id } = event.ResourceProperties;
    if (Fail === event.RequestType) response.send(event, context, response.FAILED, {}, event.PhysicalResourceId);
    else response.send(event, context, response.SUCCESS, { Echo: received, Type: event.RequestType }, Id ?? "thing");
  });
};`;

function template(properties: Record<string, unknown>): Record<string, unknown> {
  return {
    Resources: {
      Role: functionRole(),
      Handler: {
        Type: "AWS::Lambda::Function",
        Properties: {
          Code: { ZipFile: HANDLER },
          Handler: "index.handler",
          Runtime: "nodejs22.x",
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
        },
      },
      Thing: {
        Type: "Custom::Thing",
        Properties: { ServiceToken: { "Fn::GetAtt": ["Handler", "Arn"] }, ...properties },
      },
    },
    Outputs: {
      Id: { Value: { Ref: "Thing" } },
      Type: { Value: { "Fn::GetAtt": ["Thing", "Type"] } },
      Properties: { Value: { "Fn::Join": ["", [{ "Fn::GetAtt": ["Thing", "Echo.ResourceProperties.Count"] }]] } },
    },
  };
}

async function outputsOf(StackName: string): Promise<Record<string, string>> {
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  return Object.fromEntries((Stacks![0]!.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]));
}

describe("a custom resource behind a function", () => {
  test("is created by a real invocation, its answer giving id and attributes", async () => {
    const stack = await deploy(cloudformation, "custom", template({ Count: 7 }), { ChangeSetType: "CREATE" });
    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
    expect(await outputsOf("custom")).toEqual({ Id: "thing", Type: "Create", Properties: "7" });
  });

  test("is updated when its properties change", async () => {
    expect((await deploy(cloudformation, "custom", template({ Count: 8 }))).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await outputsOf("custom")).toEqual({ Id: "thing", Type: "Update", Properties: "8" });
  });

  test("is replaced when it answers with another id: the old one is deleted in the cleanup", async () => {
    expect((await deploy(cloudformation, "custom", template({ Count: 8, Id: "other" }))).StackStatus).toBe(
      "UPDATE_COMPLETE",
    );
    expect((await outputsOf("custom")).Id).toBe("other");
    const events = await eventsOf(cloudformation, "custom");
    const cleaned = events.filter(
      (event) => event.LogicalResourceId === "Thing" && event.ResourceStatus === "DELETE_COMPLETE",
    );
    expect(cleaned.map((event) => event.PhysicalResourceId)).toEqual(["thing"]);
  });

  test("rolls the stack back when it answers FAILED, and is asked to take its change back", async () => {
    const stack = await deploy(cloudformation, "custom", template({ Count: 9, Id: "other", Fail: "Update" }));
    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    const failed = (await eventsOf(cloudformation, "custom")).find(
      (event) => event.ResourceStatus === "UPDATE_FAILED",
    )!;
    expect(failed.ResourceStatusReason).toMatch(
      /^Received response status \[FAILED\] from custom resource\. Message returned: See the details in CloudWatch Log Stream: .* \(RequestId: [-0-9a-f]+\)$/,
    );
    expect(await outputsOf("custom")).toMatchObject({ Id: "other", Properties: "8" });
  });

  test("is asked to delete itself with the stack", async () => {
    const [stack] = (await cloudformation.send(new DescribeStacksCommand({ StackName: "custom" }))).Stacks!;
    await cloudformation.send(new DeleteStackCommand({ StackName: "custom" }));
    expect((await settledStack(cloudformation, stack!.StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  });

  test("is asked to delete what a failed creation may have left", async () => {
    const stack = await deploy(cloudformation, "halfway", template({ Fail: "Create" }), { ChangeSetType: "CREATE" });
    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    const lines = eventLines(await eventsOf(cloudformation, "halfway"));
    expect(lines).toContain("Thing | DELETE_COMPLETE");
  });
});

test("a custom resource that never answers fails after its timeout, in the cloud's time", async () => {
  const silent = template({ ServiceTimeout: 120 });
  const resources = silent.Resources as { Handler: { Properties: { Code: { ZipFile: string } } } };
  resources.Handler.Properties.Code.ZipFile = "exports.handler = async () => {}";
  const underWay = deploy(cloudformation, "silent", silent, { ChangeSetType: "CREATE" });
  const advancing = setInterval(() => void cloud.clock.advance(30_000), 50);
  const stack = await underWay.finally(() => clearInterval(advancing));
  expect(stack.StackStatus).toBe("ROLLBACK_FAILED");
  const failed = (await eventsOf(cloudformation, "silent")).find((event) => event.ResourceStatus === "CREATE_FAILED")!;
  expect(failed.ResourceStatusReason).toContain("CloudFormation did not receive a response from your Custom Resource.");
});

test("a custom resource behind a topic is refused by name", async () => {
  const topic = template({});
  const resources = topic.Resources as { Thing: { Properties: Record<string, unknown> } };
  resources.Thing.Properties.ServiceToken = "arn:aws:sns:us-east-1:000000000000:topic";
  delete topic.Outputs;
  const stack = await deploy(cloudformation, "topic", topic, { ChangeSetType: "CREATE" });
  expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
  const failed = (await eventsOf(cloudformation, "topic")).find((event) => event.ResourceStatus === "CREATE_FAILED")!;
  expect(failed.ResourceStatusReason).toContain("not those behind an SNS topic");
});

test("a wait condition waits for as many signals as it counts, and gives their data", async () => {
  const waiting = {
    Resources: {
      Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      Url: {
        Type: "AWS::SSM::Parameter",
        Properties: { Name: "signal-url", Type: "String", Value: { Ref: "Handle" } },
      },
      Wait: {
        Type: "AWS::CloudFormation::WaitCondition",
        Properties: { Handle: { Ref: "Handle" }, Timeout: "600", Count: 2 },
      },
    },
    Outputs: { Data: { Value: { "Fn::GetAtt": ["Wait", "Data"] } } },
  };
  const underWay = deploy(cloudformation, "waiting", waiting, { ChangeSetType: "CREATE" });
  const url = await signalUrl();
  for (const UniqueId of ["one", "two"]) {
    const body = JSON.stringify({ Status: "SUCCESS", Reason: "done", UniqueId, Data: `from ${UniqueId}` });
    expect((await fetch(url, { method: "PUT", body })).status).toBe(200);
  }
  expect((await underWay).StackStatus).toBe("CREATE_COMPLETE");
  expect(JSON.parse((await outputsOf("waiting")).Data!)).toEqual({ one: "from one", two: "from two" });
});

async function signalUrl(): Promise<string> {
  const ssm = cloud.client(SSMClient);
  for (;;) {
    const found = await ssm.send(new GetParameterCommand({ Name: "signal-url" })).catch(() => undefined);
    if (found) return found.Parameter!.Value!;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
