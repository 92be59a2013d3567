import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import { Code, Runtime } from "aws-cdk-lib/aws-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Function } from "../../lib/index.ts";
import { type InlineApp, startInlineApp } from "../helpers/inline-app.ts";

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
});
afterAll(() => app.stop());

it("a function in a VPC is made as on AWS, and the deploy says what the local cloud does not do", async () => {
  const { exitCode } = await app.deploy((stack) => {
    const vpc = new Vpc(stack, "Network", { maxAzs: 1, natGateways: 0 });
    new Function(stack, "Inside", {
      functionName: "inside",
      runtime: Runtime.NODEJS_24_X,
      code: Code.fromInline("exports.handler = async () => ({ inside: true });"),
      handler: "index.handler",
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      reservedConcurrentExecutions: 2,
    });
  });
  expect(exitCode).toBe(0);
  const lambda = app.cloud.client(LambdaClient);
  const { State, VpcConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "inside" }));
  expect(State).toBe("Active");
  expect(VpcConfig).toMatchObject({
    SubnetIds: [expect.stringMatching(/^subnet-/)],
    SecurityGroupIds: [expect.stringMatching(/^sg-/)],
  });
  const notes = app.messages.filter(({ code }) => code === "ResourceNote").map(({ text }) => text);
  expect(notes).toHaveLength(2);
  expect(notes).toContainEqual(expect.stringMatching(/Network.* and \d+ more: Kept, no effect in the local cloud\.$/));
  expect(notes).toContainEqual(
    expect.stringMatching(
      /Inside\/Function.*: Its VPC has no effect in the local cloud: it reaches what this machine reaches\.$/,
    ),
  );
  expect((await app.call("inside")).answer).toEqual({ inside: true });
});
