import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, DeleteRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROLE, startLambda, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
const log: string[] = [];
const WHO = `const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
  exports.handler = async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;`;

beforeAll(async () => {
  fixture = await startLambda({ log: (line) => log.push(line) });
});
afterAll(() => fixture.cloud.stop());

it("a function calls the cloud as its role's session, also when the session had to be renewed", async () => {
  const iam = fixture.cloud.client(IAMClient);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: "worker", AssumeRolePolicyDocument: trust("lambda") }),
  );
  await fixture.make("who", WHO, { Role: Role?.Arn, Timeout: 20 });
  const arn = "arn:aws:sts::000000000000:assumed-role/worker/who";
  expect((await fixture.call("who")).payload).toBe(arn);
  await fixture.cloud.clock.advance(13 * 3600 * 1000);
  expect((await fixture.call("who")).payload).toBe(arn);
});

const NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda.";
const refused = { name: "InvalidParameterValueException", message: NOT_ASSUMABLE };

it("fails to make a function with a role that does not exist, or does not trust Lambda", async () => {
  const iam = fixture.cloud.client(IAMClient);
  await expect(fixture.make("nobody", WHO, { Role: `${ROLE}-missing` })).rejects.toMatchObject(refused);
  const AssumeRolePolicyDocument = trust("states");
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "machine", AssumeRolePolicyDocument }));
  await expect(fixture.make("untrusted", WHO, { Role: Role?.Arn })).rejects.toMatchObject(refused);
});

it("fails to change or to call a function once its role is gone", async () => {
  const iam = fixture.cloud.client(IAMClient);
  const created = new CreateRoleCommand({ RoleName: "leaving", AssumeRolePolicyDocument: trust("lambda") });
  const { Role } = await iam.send(created);
  await fixture.make("left", WHO, { Role: Role?.Arn });
  await iam.send(new DeleteRoleCommand({ RoleName: "leaving" }));
  const update = new UpdateFunctionConfigurationCommand({ FunctionName: "left", Description: "new" });
  await expect(fixture.lambda.send(update)).rejects.toMatchObject(refused);
  await expect(fixture.call("left")).rejects.toMatchObject({ name: "AccessDeniedException", message: NOT_ASSUMABLE });
});

it.each([
  ["tracing", { TracingConfig: { Mode: "Active" } }, "PutTraceSegments on XRAY"],
  [
    "a dead-letter queue",
    { DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:dead" } },
    "SendMessage on SQS",
  ],
  [
    "a dead-letter topic",
    { DeadLetterConfig: { TargetArn: "arn:aws:sns:us-east-1:000000000000:dead" } },
    "Publish on SNS",
  ],
  ["a VPC", { VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] } }, "CreateNetworkInterface on EC2"],
] as const)("fails to make a function with %s whose role lacks the permission for it", async (_, settings, action) => {
  const message = `The provided execution role does not have permissions to call ${action}`;
  const Role = "arn:aws:iam::000000000000:role/worker";
  await expect(fixture.make("bare", WHO, { Role, ...settings } as object)).rejects.toMatchObject({
    name: "InvalidParameterValueException",
    message,
  });
});

it("keeps no log line that the role may not write", async () => {
  const logs = fixture.cloud.client(CloudWatchLogsClient);
  const logGroupName = "/aws/lambda/who";
  await fixture.call("who");
  await expect.poll(() => log.join()).toContain(`lines of ${logGroupName} could not be kept: User: arn:aws:sts::`);
  await expect(logs.send(new DescribeLogStreamsCommand({ logGroupName }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
  const statement = { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const iam = fixture.cloud.client(IAMClient);
  await iam.send(new PutRolePolicyCommand({ RoleName: "worker", PolicyName: "logs", PolicyDocument }));
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await fixture.call("who");
  const streams = async () => (await logs.send(new DescribeLogStreamsCommand({ logGroupName }))).logStreams;
  await expect.poll(streams).toHaveLength(1);
});

function trust(service: string): string {
  const statement = { Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
