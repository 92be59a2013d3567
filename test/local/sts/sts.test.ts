import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
  type Credentials,
} from "@aws-sdk/client-sts";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

const ACCOUNT = "000000000000";
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: ["sts:AssumeRole", "sts:TagSession"] }],
});

let cloud: TestCloud;
let sts: STSClient;
let role: { Arn: string; RoleId: string };

beforeAll(async () => {
  cloud = await startTestCloud();
  sts = cloud.client(STSClient);
  const create = new CreateRoleCommand({ RoleName: "deployer", Path: "/ci/", AssumeRolePolicyDocument: TRUST });
  role = (await cloud.client(IAMClient).send(create)).Role as typeof role;
});

afterAll(() => cloud.stop());

function identityOf({ AccessKeyId = "", SecretAccessKey = "", SessionToken = "" }: Credentials = {} as Credentials) {
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return cloud.client(STSClient, { credentials }).send(new GetCallerIdentityCommand({}));
}

test("an ordinary caller is the account's root", async () => {
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root`, UserId: ACCOUNT });
});

test("an access key belongs to the account", async () => {
  expect(await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: "AKIAIOSFODNN7EXAMPLE" }))).toMatchObject({
    Account: ACCOUNT,
  });
});

test("an assumed role returns credentials that identify it", async () => {
  const { Credentials, AssumedRoleUser } = await sts.send(
    new AssumeRoleCommand({ RoleArn: role.Arn, RoleSessionName: "run-1" }),
  );
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/run-1`;
  expect(AssumedRoleUser).toEqual({ Arn: arn, AssumedRoleId: `${role.RoleId}:run-1` });
  expect(Credentials!.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(await identityOf(Credentials)).toMatchObject({ Arn: arn, UserId: `${role.RoleId}:run-1`, Account: ACCOUNT });
});

test("credentials expire in the cloud's time", async () => {
  const { Credentials } = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
  expect((Credentials!.Expiration!.getTime() - cloud.clock.now()) / 1000).toBeCloseTo(900, -1);
  expect(await identityOf(Credentials)).toMatchObject({ Arn: `arn:aws:iam::${ACCOUNT}:root` });
  await cloud.clock.advance(901_000);
  await expect(identityOf(Credentials)).rejects.toMatchObject({ name: "ExpiredToken" });
});

test("a federated user has an identity of its own", async () => {
  const answer = await sts.send(new GetFederationTokenCommand({ Name: "bob" }));
  const arn = `arn:aws:sts::${ACCOUNT}:federated-user/bob`;
  expect(answer.FederatedUser).toEqual({ Arn: arn, FederatedUserId: `${ACCOUNT}:bob` });
  expect(answer.PackedPolicySize).toBe(0);
  expect(await identityOf(answer.Credentials)).toMatchObject({ Arn: arn });
});

describe("fails in AWS's words when", () => {
  const assume = (input: object) =>
    sts.send(new AssumeRoleCommand({ RoleArn: role.Arn, RoleSessionName: "session", ...input }));

  test.each([
    ["nothing-valid-in-here"],
    ["arn:a::aaaaaaaaaa:"],
    ["arn:a:::something/test-role"],
    ["arn:a::::something/test-role"],
    ["arn::b:::something/test-role"],
  ])("the role's ARN is %s", async (RoleArn) => {
    await expect(assume({ RoleArn })).rejects.toMatchObject({
      name: "ValidationError",
      message: `${RoleArn} is invalid`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("the session's name has a colon", async () => {
    await expect(assume({ RoleSessionName: "Session1:2" })).rejects.toMatchObject({
      name: "ValidationError",
      message:
        "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: " +
        "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    });
  });

  test("tag keys differ in case only", async () => {
    const Tags = [
      { Key: "name", Value: "1" },
      { Key: "NAME", Value: "2" },
    ];
    await expect(assume({ Tags })).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    });
  });

  test("a transitive tag is none of the tags", async () => {
    const tags = { Tags: [{ Key: "name", Value: "1" }], TransitiveTagKeys: ["other"] };
    await expect(assume(tags)).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: "The specified transitive tag key must be included in the requested tags.",
    });
  });

  test("the role does not exist", async () => {
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/missing`;
    await expect(assume({ RoleArn })).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("the duration is out of range", async () => {
    await expect(assume({ DurationSeconds: 899 })).rejects.toMatchObject({ name: "ValidationError" });
    await expect(assume({ DurationSeconds: 43_201 })).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("the temporary credentials were never given out", async () => {
    const made = {
      AccessKeyId: "ASIAAAAAAAAAAAAAAAAA",
      SecretAccessKey: "x",
      SessionToken: "y",
      Expiration: new Date(),
    };
    await expect(identityOf(made)).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });
});
