import {
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  type ContextEntry,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let iam: IAMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  iam = cloud.client(IAMClient);
});
afterAll(() => cloud.stop());

interface Case {
  readonly statements: object[];
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Record<string, string | string[]>;
}

async function decide({ statements, action = "s3:GetObject", resource = "arn:aws:s3:::b/k", context = {} }: Case) {
  const entries = Object.entries(context).map(([ContextKeyName, values]): ContextEntry => ({
    ContextKeyName,
    ContextKeyValues: [values].flat(),
    ContextKeyType: Array.isArray(values) ? "stringList" : "string",
  }));
  const { EvaluationResults } = await iam.send(
    new SimulateCustomPolicyCommand({
      PolicyInputList: [JSON.stringify({ Version: "2012-10-17", Statement: statements })],
      ActionNames: [action],
      ResourceArns: [resource],
      ContextEntries: entries,
    }),
  );
  return EvaluationResults![0]!.EvalDecision;
}

const allow = (more: object = {}) => ({ Effect: "Allow", Action: "s3:*", Resource: "*", ...more });
const when = (operator: string, key: string, value: unknown) => [
  allow({ Condition: { [operator]: { [key]: value } } }),
];

describe("a policy", () => {
  test.each<[string, Case, string]>([
    ["allows what it names", { statements: [allow()] }, "allowed"],
    ["allows nothing else", { statements: [allow({ Action: "sqs:*" })] }, "implicitDeny"],
    ["ignores the case of actions", { statements: [allow({ Action: "S3:getobject" })] }, "allowed"],
    ["denies before it allows", { statements: [allow(), { ...allow(), Effect: "Deny" }] }, "explicitDeny"],
    ["minds the resource", { statements: [allow({ Resource: "arn:aws:s3:::b/x*" })] }, "implicitDeny"],
    ["knows ? and *", { statements: [allow({ Resource: "arn:aws:s3:::?/*" })] }, "allowed"],
    [
      "keeps wildcards within a part of an ARN",
      { statements: [allow({ Resource: "arn:aws:*:b:c:d/k" })] },
      "implicitDeny",
    ],
    ["knows NotAction", { statements: [allow({ Action: undefined, NotAction: "s3:Put*" })] }, "allowed"],
    [
      "knows NotResource",
      { statements: [allow({ Resource: undefined, NotResource: "arn:aws:s3:::b/*" })] },
      "implicitDeny",
    ],
    [
      "fills in variables",
      {
        statements: [allow({ Resource: "arn:aws:s3:::b/${aws:username}/*" })],
        resource: "arn:aws:s3:::b/ada/x",
        context: { "aws:username": "ada" },
      },
      "allowed",
    ],
    [
      "matches nothing by a variable without a value",
      { statements: [allow({ Resource: "arn:aws:s3:::b/${aws:username}*" })], resource: "arn:aws:s3:::b/ada" },
      "implicitDeny",
    ],
  ])("%s", async (_what, given, expected) => {
    expect(await decide(given)).toBe(expected);
  });

  test.each<[string, string, unknown, Record<string, string | string[]>, boolean]>([
    ["StringEquals", "aws:x", ["a", "b"], { "aws:x": "b" }, true],
    ["StringEquals", "aws:x", "a", {}, false],
    ["StringEqualsIfExists", "aws:x", "a", {}, true],
    ["StringEquals", "AWS:X", "a", { "aws:x": "a" }, true],
    ["StringNotEquals", "aws:x", ["a", "b"], { "aws:x": "b" }, false],
    ["StringNotEquals", "aws:x", "a", {}, true],
    ["StringLike", "aws:x", "pre*", { "aws:x": "prefix" }, true],
    ["StringNotLike", "aws:x", "pre*", { "aws:x": "prefix" }, false],
    ["StringEqualsIgnoreCase", "aws:x", "AbC", { "aws:x": "aBc" }, true],
    ["NumericLessThanEquals", "s3:max-keys", "10", { "s3:max-keys": "10" }, true],
    ["NumericGreaterThan", "s3:max-keys", 10, { "s3:max-keys": "10" }, false],
    ["DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", { "aws:CurrentTime": "2025-12-31T23:59:59Z" }, true],
    ["DateGreaterThan", "aws:EpochTime", "1700000000", { "aws:EpochTime": "1700000001" }, true],
    ["Bool", "aws:SecureTransport", "true", { "aws:SecureTransport": "false" }, false],
    ["IpAddress", "aws:SourceIp", "10.0.0.0/8", { "aws:SourceIp": "10.200.3.4" }, true],
    ["NotIpAddress", "aws:SourceIp", "10.0.0.0/8", { "aws:SourceIp": "10.200.3.4" }, false],
    ["IpAddress", "aws:SourceIp", "2001:db8::/32", { "aws:SourceIp": "2001:db8::1" }, true],
    ["ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:t*", { "aws:SourceArn": "arn:aws:sns:us-east-1:1:topic" }, true],
    ["ArnNotLike", "aws:SourceArn", "arn:aws:sns:*:*:t*", { "aws:SourceArn": "arn:aws:sns:us-east-1:1:topic" }, false],
    ["Null", "aws:x", "true", {}, true],
    ["Null", "aws:x", "true", { "aws:x": "there" }, false],
    ["ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], { "aws:TagKeys": ["a", "b"] }, true],
    ["ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], { "aws:TagKeys": ["a", "c"] }, false],
    ["ForAllValues:StringEquals", "aws:TagKeys", ["a"], {}, true],
    ["ForAnyValue:StringEquals", "aws:TagKeys", ["a"], { "aws:TagKeys": ["c", "a"] }, true],
    ["ForAnyValue:StringEquals", "aws:TagKeys", ["a"], {}, false],
  ])("with %s of %s against %j holds in %j: %s", async (operator, key, value, context, holds) => {
    expect(await decide({ statements: when(operator, key, value), context })).toBe(holds ? "allowed" : "implicitDeny");
  });

  test("fails when its condition operator does not exist", async () => {
    await expect(decide({ statements: when("StringResembles", "aws:x", "a") })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
    });
  });

  test("takes no longer with a wicked pattern", async () => {
    const started = performance.now();
    const resource = `arn:aws:s3:::${"a".repeat(2000)}`;
    await decide({ statements: [allow({ Resource: `arn:aws:s3:::${"a*".repeat(200)}b` })], resource });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("a role's permissions", () => {
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  const simulate = async (RoleName: string, ActionNames: string[]) =>
    (
      await iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: `arn:aws:iam::000000000000:role/${RoleName}`,
          ActionNames,
          ResourceArns: ["arn:aws:s3:::bucket"],
        }),
      )
    ).EvaluationResults!;

  test("come from its policies, and the statements that gave them are located", async () => {
    await iam.send(new CreateRoleCommand({ RoleName: "simulated", AssumeRolePolicyDocument: trust }));
    const statement = '{"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": ["*"]}';
    const PolicyDocument = `{"Version": "2012-10-17", "Statement": [${statement}]}`;
    await iam.send(new PutRolePolicyCommand({ RoleName: "simulated", PolicyName: "p", PolicyDocument }));
    const [put, get] = await simulate("simulated", ["s3:PutObject", "s3:GetObjectVersion"]);
    expect(put).toMatchObject({
      EvalActionName: "s3:PutObject",
      EvalDecision: "allowed",
      EvalResourceName: "arn:aws:s3:::bucket",
      OrganizationsDecisionDetail: { AllowedByOrganizations: true },
    });
    expect(put!.MatchedStatements).toEqual([
      {
        SourcePolicyId: "role_simulated_p",
        SourcePolicyType: "IAM Policy",
        StartPosition: { Line: 1, Column: 41 },
        EndPosition: { Line: 1, Column: 41 + statement.length },
      },
    ]);
    expect(get!.EvalDecision).toBe("implicitDeny");
  });

  test("end at its boundary", async () => {
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "s3:Get*", Resource: "*" },
    });
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: "bound", PolicyDocument }));
    await iam.send(
      new CreateRoleCommand({
        RoleName: "bounded",
        AssumeRolePolicyDocument: trust,
        PermissionsBoundary: Policy!.Arn!,
      }),
    );
    const all = PolicyDocument.replace("s3:Get*", "s3:*");
    await iam.send(new PutRolePolicyCommand({ RoleName: "bounded", PolicyName: "all", PolicyDocument: all }));
    const [put, get] = await simulate("bounded", ["s3:PutObject", "s3:GetObject"]);
    expect(put).toMatchObject({
      EvalDecision: "implicitDeny",
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
    expect(get!.EvalDecision).toBe("allowed");
  });

  test("fails when the source is the account's root", async () => {
    await expect(
      iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: "arn:aws:iam::000000000000:root",
          ActionNames: ["s3:GetObject"],
        }),
      ),
    ).rejects.toMatchObject({
      message: "Invalid Entity Arn: arn:aws:iam::000000000000:root does not clearly define entity type and name.",
    });
  });
});
