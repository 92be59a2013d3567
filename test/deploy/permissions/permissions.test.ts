import { describe, expect, it } from "vitest";
import type { AssemblyStack } from "../../../lib/assembly/assembly.ts";
import { checkCiSource, ciRoleTemplate, type CiSource, trustPolicy } from "../../../lib/deploy/permissions/ci-role.ts";
import { functionPermissions } from "../../../lib/deploy/permissions/function-permissions.ts";
import { neededGrants } from "../../../lib/deploy/permissions/needed-permissions.ts";
import type { PermittedStack } from "../../../lib/deploy/permissions/permitted-app.ts";
import { arnsOf } from "../../../lib/deploy/permissions/physical-arns.ts";
import { policyOf } from "../../../lib/deploy/permissions/policy.ts";

const stack: AssemblyStack = {
  id: "Shop",
  stackName: "Shop",
  displayName: "Shop",
  templatePath: "/none",
  account: "unknown-account",
  region: "unknown-region",
  dependsOn: [],
  assumeRoleArn: "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deploy",
  executionRoleArn: "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/execute",
  parameters: {},
  tags: {},
  notificationArns: [],
  terminationProtection: false,
  assets: [],
  dockerImages: [],
  origins: new Map(),
  missingContext: [],
};
const AT = { account: "111122223333", region: "eu-west-1", partition: "aws" };

function permitted(Resources: object, more: Partial<PermittedStack> = {}): PermittedStack {
  return { ...AT, stack, stackName: "Shop", template: { Resources } as never, release: undefined, ...more };
}

function actionsFor(permittedStack: PermittedStack): string[] {
  return policyOf(neededGrants([permittedStack], "caller", "prod")).Statement.flatMap(({ Action }) => Action);
}

describe("a policy", () => {
  it("names an action once, and joins actions on the same resources", () => {
    const grant = (action: string, ...resources: string[]) => ({ action, resources, purpose: "x" });
    const grants = [grant("a:B", "arn:1"), grant("a:A", "arn:1", "arn:2"), grant("a:B", "arn:2"), grant("a:C")];
    expect(policyOf(grants).Statement).toEqual([
      { Effect: "Allow", Action: ["a:A", "a:B"], Resource: ["arn:1", "arn:2"] },
    ]);
  });

  it("leaves out a resource that a pattern covers", () => {
    const grants = [{ action: "a:A", resources: ["arn:f:Shop-*", "arn:f:Shop-Work:*", "arn:g"], purpose: "x" }];
    expect(policyOf(grants).Statement[0]?.Resource).toEqual(["arn:f:Shop-*", "arn:g"]);
  });

  it("has deletions of replaced resources only for types that the templates have", () => {
    expect(actionsFor(permitted({ A: { Type: "AWS::SQS::Queue" } }))).toContain("sqs:DeleteQueue");
    expect(actionsFor(permitted({ A: { Type: "AWS::SNS::Topic" } }))).not.toContain("sqs:DeleteQueue");
  });

  it("has the deploy role's calls only where a stack names no such role", () => {
    expect(actionsFor(permitted({}))).not.toContain("cloudformation:CreateChangeSet");
    const own = { ...stack, assumeRoleArn: undefined };
    const policy = policyOf(neededGrants([permitted({}, { stack: own })], "caller", "prod"));
    expect(policy.Statement).toContainEqual({
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ["arn:aws:iam::111122223333:role/execute"],
      Condition: { StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" } },
    });
    expect(policy.Statement.flatMap(({ Action }) => Action)).toContain("cloudformation:CreateChangeSet");
  });
});

describe("the ARNs of a resource", () => {
  it.each([
    [{ Type: "AWS::Lambda::Function" }, ["arn:aws:lambda:eu-west-1:111122223333:function:Shop-*"]],
    [
      { Type: "AWS::Lambda::Function", Properties: { FunctionName: "work" } },
      ["arn:aws:lambda:eu-west-1:111122223333:function:work", "arn:aws:lambda:eu-west-1:111122223333:function:work:*"],
    ],
    [{ Type: "AWS::StepFunctions::StateMachine" }, ["arn:aws:states:eu-west-1:111122223333:stateMachine:Thing-*"]],
    [{ Type: "AWS::S3::Bucket" }, ["arn:aws:s3:::shop-*"]],
    [{ Type: "AWS::SQS::Queue", Properties: { QueueName: { Ref: "P" } } }, ["arn:aws:sqs:eu-west-1:111122223333:*"]],
    [{ Type: "AWS::EC2::VPC" }, []],
  ])("%j", (resource, expected) => {
    expect(arnsOf("Thing", permitted({ Thing: resource }))).toEqual(expected);
  });
});

describe("a pipeline's role", () => {
  const github: CiSource = { kind: "github", repository: "acme/shop" };
  const conditionOf = (source: CiSource) => trustPolicy(source, "111122223333", "aws").Statement[0]?.Condition;

  it.each<[CiSource, object]>([
    [github, { StringLike: { "token.actions.githubusercontent.com:sub": "repo:acme/shop:*" } }],
    [
      { ...github, branch: "main" },
      { StringEquals: { "token.actions.githubusercontent.com:sub": "repo:acme/shop:ref:refs/heads/main" } },
    ],
    [
      { ...github, environment: "prod" },
      { StringEquals: { "token.actions.githubusercontent.com:sub": "repo:acme/shop:environment:prod" } },
    ],
    [
      { kind: "gitlab", repository: "acme/team/shop", branch: "main" },
      {
        StringEquals: {
          "gitlab.com:aud": "https://gitlab.com",
          "gitlab.com:sub": "project_path:acme/team/shop:ref_type:branch:ref:main",
        },
      },
    ],
  ])("trusts jobs of %j alone", (source, condition) => {
    expect(conditionOf(source)).toMatchObject(condition);
  });

  it.each(["acme", "acme/*", "*/shop", "acme/shop:ref"])("fails for the repository %s", (repository) => {
    expect(() => checkCiSource({ kind: "github", repository })).toThrow(/expected owner\/name/);
  });

  it("fails when the policy is longer than IAM takes", () => {
    const Resource = Array.from({ length: 400 }, (_, index) => `arn:aws:sqs:eu-west-1:111122223333:queue-${index}`);
    const policy = policyOf([{ action: "sqs:DeleteQueue", resources: Resource, purpose: "x" }]);
    const role = { roleName: "ci", account: "111122223333", partition: "aws", policy };
    expect(() => ciRoleTemplate(github, role)).toThrow(/IAM takes 10240/);
  });
});

describe("the permissions of functions", () => {
  it("are those of the role, with what could be narrower", () => {
    const statement = (Action: string[], Resource: unknown) => ({ Effect: "Allow", Action, Resource });
    const resources = {
      Work: { Type: "AWS::Lambda::Function", Properties: { Role: { "Fn::GetAtt": ["Role", "Arn"] } } },
      Other: { Type: "AWS::Lambda::Function", Properties: { Role: "arn:aws:iam::111122223333:role/given" } },
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          Policies: [{ PolicyDocument: { Statement: statement(["dynamodb:*"], { "Fn::GetAtt": ["Table", "Arn"] }) } }],
        },
      },
      More: {
        Type: "AWS::IAM::Policy",
        Properties: {
          Roles: [{ Ref: "Role" }],
          PolicyDocument: { Statement: [statement(["sqs:SendMessage", "xray:PutTraceSegments"], "*")] },
        },
      },
    };
    const [work, other] = functionPermissions([permitted(resources)]);
    expect(work?.grants).toEqual([
      {
        effect: "Allow",
        actions: ["dynamodb:*"],
        resources: ["${Table.Arn}"],
        broad: ["dynamodb:* allows every action that it matches: name those that are used"],
      },
      {
        effect: "Allow",
        actions: ["sqs:SendMessage", "xray:PutTraceSegments"],
        resources: ["*"],
        broad: ["sqs:SendMessage on every resource: name the resources"],
      },
    ]);
    expect(other).toMatchObject({ resource: "Other", grants: [] });
    expect(other?.role).toBeUndefined();
  });
});
