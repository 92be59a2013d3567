import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startLambda, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
const WHO = `const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
  exports.handler = async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;`;

beforeAll(async () => {
  fixture = await startLambda();
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

it("fails where the role does not trust Lambda", async () => {
  const iam = fixture.cloud.client(IAMClient);
  const AssumeRolePolicyDocument = trust("states");
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "machine", AssumeRolePolicyDocument }));
  await fixture.make("untrusted", WHO, { Role: Role?.Arn, Timeout: 20 });
  await expect(fixture.call("untrusted")).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: "The role defined for the function cannot be assumed by Lambda.",
  });
});

it("a function whose role does not exist calls the cloud as the account", async () => {
  await fixture.make("nobody", WHO, { Timeout: 20 });
  expect((await fixture.call("nobody")).payload).toBe("arn:aws:iam::000000000000:root");
});

function trust(service: string): string {
  const statement = { Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
