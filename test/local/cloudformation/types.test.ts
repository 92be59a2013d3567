import {
  ApiGatewayV2Client,
  GetAuthorizersCommand,
  GetDomainNamesCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from "@aws-sdk/client-apigatewayv2";
import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  DescribeMetricFiltersCommand,
  DescribeSubscriptionFiltersCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  GetInstanceProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import {
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionUrlConfigCommand,
  GetLayerVersionPolicyCommand,
  LambdaClient,
  ListTagsCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zipInlineCode } from "../../../lib/local/services/cloudformation/types/inline-code.ts";
import { functionRole } from "../../helpers/function-role.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventLines, eventsOf, settledStack } from "./spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
});

afterAll(() => cloud.stop());

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown>; DependsOn?: string | string[] }>;

/** Brings a stack to a template, expects that to go well, and gives what `Ref` and the outputs say. */
async function bring(
  StackName: string,
  Resources: Resources,
  outputs: Record<string, unknown> = {},
): Promise<Record<string, string>> {
  const isNew = await settledStack(client, StackName).then(
    () => false,
    () => true,
  );
  const refs = Object.fromEntries(Object.keys(Resources).map((id) => [id, { Value: { Ref: id } }]));
  const extra = Object.fromEntries(Object.entries(outputs).map(([id, Value]) => [id, { Value }]));
  const template = { Resources, Outputs: { ...refs, ...extra } };
  const stack = await deploy(client, StackName, template, isNew ? { ChangeSetType: "CREATE" } : {});
  const failures = eventLines(await eventsOf(client, stack.StackId!)).filter((line) => line.includes("FAILED"));
  expect(failures).toEqual([]);
  expect(stack.StackStatus).toBe(isNew ? "CREATE_COMPLETE" : "UPDATE_COMPLETE");
  return Object.fromEntries(stack.Outputs!.map((output) => [output.OutputKey, output.OutputValue!]));
}

/** Takes the stack away, and expects that to go well. */
async function remove(StackName: string): Promise<void> {
  const { StackId } = await settledStack(client, StackName);
  await client.send(new DeleteStackCommand({ StackName }));
  const stack = await settledStack(client, StackId!);
  expect(stack.StackStatus, eventLines(await eventsOf(client, StackId!)).join("\n")).toBe("DELETE_COMPLETE");
}

const role: Resources[string] = functionRole({ Effect: "Allow", Action: "dynamodb:*", Resource: "*" });
const handler: Resources[string] = {
  Type: "AWS::Lambda::Function",
  Properties: {
    Code: { ZipFile: "exports.handler = async () => 1" },
    Handler: "index.handler",
    Runtime: "nodejs22.x",
    Role: { "Fn::GetAtt": ["Role", "Arn"] },
  },
};

describe("IAM types", () => {
  const document = (Action: string) => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action, Resource: "*" }],
  });
  const template = (Action: string, inline: string[]): Resources => ({
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        ...role.Properties,
        Description: Action,
        Policies: inline.map((PolicyName) => ({ PolicyName, PolicyDocument: document(Action) })),
        Tags: [{ Key: "action", Value: Action }],
      },
    },
    Managed: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: { PolicyDocument: document(Action), Roles: [{ Ref: "Role" }] },
    },
    Profile: { Type: "AWS::IAM::InstanceProfile", Properties: { Roles: [{ Ref: "Role" }] } },
  });

  test("are created, updated and deleted with their dependents", async () => {
    const iam = cloud.client(IAMClient);
    const ids = await bring("iam", template("s3:GetObject", ["one", "two"]));
    await bring("iam", template("s3:PutObject", ["two", "three"]));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: ids.Role }));
    expect(Role).toMatchObject({ Description: "s3:PutObject", Tags: [{ Key: "action", Value: "s3:PutObject" }] });
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName: ids.Role }))).PolicyNames!.sort()).toEqual([
      "three",
      "two",
    ]);
    expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: ids.Role }))).AttachedPolicies).toHaveLength(
      1,
    );
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: ids.Managed }));
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn: ids.Managed, VersionId: Policy!.DefaultVersionId }),
    );
    expect(decodeURIComponent(PolicyVersion!.Document!)).toContain("s3:PutObject");
    expect(
      (await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: ids.Profile }))).InstanceProfile!.Roles,
    ).toHaveLength(1);
    await remove("iam");
    await expect(iam.send(new GetRoleCommand({ RoleName: ids.Role }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });
});

describe("Lambda types", () => {
  const target = { FunctionName: { Ref: "Function" }, Principal: "*" };
  const publicUrl: Resources = {
    MayUseUrl: {
      Type: "AWS::Lambda::Permission",
      Properties: { ...target, Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE" },
    },
    MayInvoke: {
      Type: "AWS::Lambda::Permission",
      Properties: { ...target, Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true },
    },
  };
  const template = (retries: number, batch: number): Resources => ({
    Role: role,
    Function: {
      ...handler,
      Properties: {
        ...handler.Properties,
        ReservedConcurrentExecutions: retries + 1,
        Tags: [{ Key: "retries", Value: String(retries) }],
      },
    },
    Url: {
      Type: "AWS::Lambda::Url",
      Properties: {
        TargetFunctionArn: { "Fn::GetAtt": ["Function", "Arn"] },
        AuthType: retries > 1 ? "NONE" : "AWS_IAM",
      },
    },
    ...publicUrl,
    Invoke: {
      Type: "AWS::Lambda::EventInvokeConfig",
      Properties: { FunctionName: { Ref: "Function" }, Qualifier: "$LATEST", MaximumRetryAttempts: retries },
    },
    Layer: {
      Type: "AWS::Lambda::LayerVersion",
      Properties: {
        LayerName: "shared",
        Description: String(retries),
        Content: { S3Bucket: "layers", S3Key: "layer.zip" },
      },
    },
    LayerPermission: {
      Type: "AWS::Lambda::LayerVersionPermission",
      Properties: { LayerVersionArn: { Ref: "Layer" }, Action: "lambda:GetLayerVersion", Principal: "*" },
    },
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        StreamSpecification: { StreamViewType: "NEW_IMAGE" },
      },
    },
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: {
        FunctionName: { Ref: "Function" },
        EventSourceArn: { "Fn::GetAtt": ["Table", "StreamArn"] },
        StartingPosition: "LATEST",
        BatchSize: batch,
        ...(batch > 10 && { BisectBatchOnFunctionError: true }),
      },
    },
  });

  test("are created, updated and deleted", async () => {
    const s3 = cloud.client(S3Client, { forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "layers" }));
    await s3.send(
      new PutObjectCommand({
        Bucket: "layers",
        Key: "layer.zip",
        Body: zipInlineCode("exports.x = 1", "nodejs22.x", "index.h"),
      }),
    );
    const lambda = cloud.client(LambdaClient);
    const before = await bring("lambda", template(2, 20), {
      FunctionUrl: { "Fn::GetAtt": ["Url", "FunctionUrl"] },
      Arn: { "Fn::GetAtt": ["Function", "Arn"] },
    });
    expect(await (await fetch(before.FunctionUrl!)).json()).toBe(1);
    const { Tags } = await lambda.send(new ListTagsCommand({ Resource: before.Arn }));
    expect(Tags).toMatchObject({
      retries: "2",
      "aws:cloudformation:stack-name": "lambda",
      "aws:cloudformation:logical-id": "Function",
    });

    const after = await bring("lambda", template(1, 5));
    const FunctionName = after.Function!;
    expect((await lambda.send(new GetFunctionUrlConfigCommand({ FunctionName }))).AuthType).toBe("AWS_IAM");
    expect((await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions).toBe(
      2,
    );
    const invoke = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: "$LATEST" }));
    expect(invoke.MaximumRetryAttempts).toBe(1);
    expect(after.Layer).not.toBe(before.Layer);
    const layer = {
      LayerName: after.Layer!.split(":").slice(0, -1).join(":"),
      VersionNumber: Number(after.Layer!.split(":").at(-1)),
    };
    expect((await lambda.send(new GetLayerVersionPolicyCommand(layer))).Policy).toContain("lambda:GetLayerVersion");
    const mapping = await lambda.send(new GetEventSourceMappingCommand({ UUID: after.Mapping }));
    expect(mapping).toMatchObject({ BatchSize: 5, BisectBatchOnFunctionError: false, State: "Enabled" });
    await remove("lambda");
  });
});

describe("S3 types", () => {
  const template = (isFirst: boolean): Resources => ({
    Bucket: {
      Type: "AWS::S3::Bucket",
      Properties: {
        VersioningConfiguration: { Status: isFirst ? "Enabled" : "Suspended" },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        ...(isFirst && {
          CorsConfiguration: { CorsRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"], MaxAge: 60 }] },
        }),
        LifecycleConfiguration: {
          Rules: [{ Id: "old", Status: "Enabled", ExpirationInDays: isFirst ? 7 : 9, Prefix: "tmp/" }],
        },
        Tags: [{ Key: "first", Value: String(isFirst) }],
      },
    },
    Policy: {
      Type: "AWS::S3::BucketPolicy",
      Properties: {
        Bucket: { Ref: "Bucket" },
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Deny",
              Principal: "*",
              Action: "s3:DeleteBucket",
              Resource: { "Fn::GetAtt": ["Bucket", "Arn"] },
              Condition: { StringEquals: { "aws:UserAgent": String(isFirst) } },
            },
          ],
        },
      },
    },
  });

  test("are created, updated and deleted", async () => {
    const s3 = cloud.client(S3Client, { forcePathStyle: true });
    const { Bucket } = await bring("s3", template(true), {
      Domain: { "Fn::GetAtt": ["Bucket", "RegionalDomainName"] },
    });
    expect(Bucket).toMatch(/^s3-bucket-[a-z0-9]{12}$/);
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toMatchObject([{ MaxAgeSeconds: 60 }]);
    expect(
      (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration!.Rules,
    ).toHaveLength(1);
    await bring("s3", template(false));
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Suspended");
    await expect(s3.send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject({
      name: "NoSuchCORSConfiguration",
    });
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([{ Expiration: { Days: 9 }, Filter: { Prefix: "tmp/" } }]);
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: "first", Value: "false" }]);
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toContain('"false"');
    await remove("s3");
  });
});

describe("a bucket of the account's own namespace", () => {
  test("is named by its prefix", async () => {
    const Properties = { BucketNamePrefix: "inbox", BucketNamespace: "account-regional" };
    const { Bucket } = await bring("own", { Bucket: { Type: "AWS::S3::Bucket", Properties } });
    expect(Bucket).toBe("inbox-000000000000-us-east-1-an");
    await remove("own");
  });
});

describe("Logs types", () => {
  const template = (pattern: string): Resources => ({
    Group: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: pattern === "ERROR" ? 7 : 14 } },
    Stream: { Type: "AWS::Logs::LogStream", Properties: { LogGroupName: { Ref: "Group" } } },
    Metric: {
      Type: "AWS::Logs::MetricFilter",
      Properties: {
        LogGroupName: { Ref: "Group" },
        FilterPattern: pattern,
        MetricTransformations: [{ MetricName: "errors", MetricNamespace: "app", MetricValue: "1" }],
      },
    },
    Role: role,
    Function: handler,
    Allowed: {
      Type: "AWS::Lambda::Permission",
      Properties: {
        FunctionName: { Ref: "Function" },
        Action: "lambda:InvokeFunction",
        Principal: "logs.amazonaws.com",
      },
    },
    Subscription: {
      Type: "AWS::Logs::SubscriptionFilter",
      DependsOn: "Allowed",
      Properties: {
        LogGroupName: { Ref: "Group" },
        FilterPattern: pattern,
        DestinationArn: { "Fn::GetAtt": ["Function", "Arn"] },
      },
    },
    Policy: {
      Type: "AWS::Logs::ResourcePolicy",
      Properties: { PolicyName: "events", PolicyDocument: '{"Version":"2012-10-17","Statement":[]}' },
    },
  });

  test("are created, updated and deleted", async () => {
    const logs = cloud.client(CloudWatchLogsClient);
    await bring("logs", template("ERROR"));
    const { Group: logGroupName } = await bring("logs", template("FATAL"));
    expect((await logs.send(new DescribeLogStreamsCommand({ logGroupName }))).logStreams).toHaveLength(1);
    expect((await logs.send(new DescribeMetricFiltersCommand({ logGroupName }))).metricFilters).toMatchObject([
      { filterPattern: "FATAL" },
    ]);
    expect(
      (await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName }))).subscriptionFilters,
    ).toMatchObject([{ filterPattern: "FATAL" }]);
    await remove("logs");
  });
});

describe("CloudWatch types", () => {
  const template = (Threshold: number): Resources => ({
    Alarm: {
      Type: "AWS::CloudWatch::Alarm",
      Properties: {
        Namespace: "app",
        MetricName: "errors",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold,
        ComparisonOperator: "GreaterThanThreshold",
      },
    },
    Both: {
      Type: "AWS::CloudWatch::CompositeAlarm",
      Properties: { AlarmRule: { "Fn::Sub": "ALARM(${Alarm})" }, AlarmDescription: String(Threshold) },
    },
    Board: { Type: "AWS::CloudWatch::Dashboard", Properties: { DashboardBody: '{"widgets":[]}' } },
  });

  test("are created, updated and deleted", async () => {
    const cloudwatch = cloud.client(CloudWatchClient);
    const ids = await bring("watch", template(1), { Arn: { "Fn::GetAtt": ["Alarm", "Arn"] } });
    expect(ids.Arn).toBe(`arn:aws:cloudwatch:us-east-1:000000000000:alarm:${ids.Alarm}`);
    await bring("watch", template(2));
    const told = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [ids.Alarm!], AlarmTypes: ["MetricAlarm"] }),
    );
    expect(told.MetricAlarms).toMatchObject([{ Threshold: 2 }]);
    expect((await cloudwatch.send(new ListDashboardsCommand({}))).DashboardEntries).toHaveLength(1);
    await remove("watch");
    expect((await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).toEqual([]);
  });
});

describe("DynamoDB tables", () => {
  const template = (indexes: string[], ttl?: string): Resources => ({
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["pk", ...indexes].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        ...(indexes.length > 0 && {
          GlobalSecondaryIndexes: indexes.map((name) => ({
            IndexName: name,
            KeySchema: [{ AttributeName: name, KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          })),
        }),
        ...(ttl !== undefined && { TimeToLiveSpecification: { AttributeName: ttl, Enabled: true } }),
      },
    },
  });

  test("change their indexes and time to live in place", async () => {
    const dynamodb = cloud.client(DynamoDBClient);
    const { Table: TableName } = await bring("table", template(["one", "two"]));
    expect((await bring("table", template(["two", "three"], "expires"))).Table).toBe(TableName);
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    expect(new Set(Table!.GlobalSecondaryIndexes!.map((index) => index.IndexName))).toEqual(new Set(["two", "three"]));
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
    await remove("table");
  });
});

describe("API Gateway types", () => {
  const template = (name: string, issuer: string): Resources => ({
    Api: {
      Type: "AWS::ApiGatewayV2::Api",
      Properties: {
        Name: name,
        ProtocolType: "HTTP",
        ...(name === "one" && { CorsConfiguration: { AllowOrigins: ["*"] } }),
      },
    },
    Authorizer: {
      Type: "AWS::ApiGatewayV2::Authorizer",
      Properties: {
        ApiId: { Ref: "Api" },
        Name: "jwt",
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Issuer: issuer, Audience: ["app"] },
      },
    },
    Integration: {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        ApiId: { Ref: "Api" },
        IntegrationType: "HTTP_PROXY",
        IntegrationMethod: "GET",
        IntegrationUri: "https://example.com",
        PayloadFormatVersion: "1.0",
      },
    },
    Route: {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        ApiId: { Ref: "Api" },
        RouteKey: `GET /${name}`,
        Target: { "Fn::Sub": "integrations/${Integration}" },
        ...(name === "one" && { AuthorizationType: "JWT", AuthorizerId: { Ref: "Authorizer" } }),
      },
    },
    Deployment: {
      Type: "AWS::ApiGatewayV2::Deployment",
      DependsOn: "Route",
      Properties: { ApiId: { Ref: "Api" }, Description: name },
    },
    Stage: {
      Type: "AWS::ApiGatewayV2::Stage",
      Properties: {
        ApiId: { Ref: "Api" },
        StageName: "prod",
        DeploymentId: { Ref: "Deployment" },
        ...(name === "one" && { StageVariables: { a: "b" } }),
      },
    },
    Domain: {
      Type: "AWS::ApiGatewayV2::DomainName",
      Properties: {
        DomainName: "api.example.com",
        DomainNameConfigurations: [
          { CertificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/x", EndpointType: "REGIONAL" },
        ],
      },
    },
    Mapping: {
      Type: "AWS::ApiGatewayV2::ApiMapping",
      Properties: { ApiId: { Ref: "Api" }, DomainName: { Ref: "Domain" }, Stage: { Ref: "Stage" } },
    },
  });

  test("are created, updated and deleted", async () => {
    const api = cloud.client(ApiGatewayV2Client);
    const before = await bring("api", template("one", "https://one.example.com"));
    const after = await bring("api", template("two", "https://two.example.com"));
    expect(after.Api).toBe(before.Api);
    const ApiId = after.Api;
    expect((await api.send(new GetRoutesCommand({ ApiId }))).Items).toMatchObject([
      { RouteKey: "GET /two", AuthorizationType: "NONE" },
    ]);
    expect((await api.send(new GetAuthorizersCommand({ ApiId }))).Items).toMatchObject([
      { JwtConfiguration: { Issuer: "https://two.example.com" } },
    ]);
    const [stage] = (await api.send(new GetStagesCommand({ ApiId }))).Items!;
    expect(stage!.StageVariables ?? {}).toEqual({});
    expect((await api.send(new GetDomainNamesCommand({}))).Items).toHaveLength(1);
    await remove("api");
    expect((await api.send(new GetDomainNamesCommand({}))).Items ?? []).toEqual([]);
  });
});
