import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import type { TestCloud } from "../../../helpers/cloud.ts";
import type { Vocabulary } from "./make-input.ts";

const LAMBDA_TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: ["lambda.amazonaws.com", "states.amazonaws.com", "scheduler.amazonaws.com"] },
      Action: "sts:AssumeRole",
    },
  ],
};

/** One resource of each kind that requests can name: all are called `fuzz`. */
const TEMPLATE = {
  Resources: {
    Role: { Type: "AWS::IAM::Role", Properties: { RoleName: "fuzz", AssumeRolePolicyDocument: LAMBDA_TRUST } },
    Function: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: "fuzz",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: { "Fn::GetAtt": ["Role", "Arn"] },
        Code: { ZipFile: "exports.handler = async () => 1;" },
      },
    },
    Version: { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "Function" } } },
    Alias: {
      Type: "AWS::Lambda::Alias",
      Properties: {
        Name: "live",
        FunctionName: { Ref: "Function" },
        FunctionVersion: { "Fn::GetAtt": ["Version", "Version"] },
      },
    },
    Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "fuzz" } },
    Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "fuzz" } },
    Stream: { Type: "AWS::Kinesis::Stream", Properties: { Name: "fuzz", ShardCount: 1 } },
    Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "fuzz-bucket" } },
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        TableName: "fuzz",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        StreamSpecification: { StreamViewType: "NEW_IMAGE" },
      },
    },
    Logs: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "fuzz" } },
    LogStream: {
      Type: "AWS::Logs::LogStream",
      DependsOn: "Logs",
      Properties: { LogGroupName: "fuzz", LogStreamName: "fuzz" },
    },
    Rule: { Type: "AWS::Events::Rule", Properties: { Name: "fuzz", EventPattern: { source: ["fuzz"] } } },
    Machine: {
      Type: "AWS::StepFunctions::StateMachine",
      Properties: {
        StateMachineName: "fuzz",
        RoleArn: { "Fn::GetAtt": ["Role", "Arn"] },
        DefinitionString: '{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}',
      },
    },
    Parameter: { Type: "AWS::SSM::Parameter", Properties: { Name: "fuzz", Type: "String", Value: "1" } },
    Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: "fuzz", ProtocolType: "HTTP" } },
  },
  Outputs: { ApiId: { Value: { Ref: "Api" } }, QueueUrl: { Value: { Ref: "Queue" } } },
};

/** Makes the resources, and the words by which requests reach them. */
export async function makeWorld(cloud: TestCloud): Promise<Vocabulary> {
  const client = cloud.client(CloudFormationClient);
  const TemplateBody = JSON.stringify(TEMPLATE);
  await client.send(
    new CreateStackCommand({ StackName: "fuzz", TemplateBody, Capabilities: ["CAPABILITY_NAMED_IAM"] }),
  );
  await waitUntilStackCreateComplete({ client, maxWaitTime: 120, minDelay: 1, maxDelay: 1 }, { StackName: "fuzz" });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: "fuzz" }));
  const output = (key: string): string => Stacks[0]?.Outputs?.find((each) => each.OutputKey === key)?.OutputValue ?? "";
  return vocabulary(output("ApiId"), output("QueueUrl"));
}

function vocabulary(apiId: string, queueUrl: string): Vocabulary {
  const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:000000000000:${resource}`;
  const role = "arn:aws:iam::000000000000:role/fuzz";
  return [
    [/^(Role|RoleArn|ExecutionRoleArn|role|roleArn)$/, [role, role, "arn:aws:iam::1:role/"]],
    [/^QueueUrl$/, [queueUrl, queueUrl, `${queueUrl}-none`]],
    [/^(TopicArn)$/i, [arn("sns", "fuzz"), arn("sns", "none")]],
    [/^StreamARN$/, [arn("kinesis", "stream/fuzz")]],
    [/^(stateMachineArn)$/i, [arn("states", "stateMachine:fuzz")]],
    [/^(EventSourceArn)$/i, [arn("sqs", "fuzz"), arn("kinesis", "stream/fuzz")]],
    [
      /arn$/i,
      [
        arn("lambda", "function:fuzz"),
        arn("sqs", "fuzz"),
        arn("sns", "fuzz"),
        role,
        arn("states", "stateMachine:fuzz"),
      ],
    ],
    [/^ApiId$/i, [apiId]],
    [/^Bucket$/i, ["fuzz-bucket", "fuzz-bucket", "fuzz-other-bucket"]],
    [/^(AttributeName|IndexName)$/, ["pk", "sk", "#a"]],
    [/(Expression|Condition)$/, ["pk = :a", "#a = :a", "SET a = :a", "attribute_exists(pk)", "a[0].b", "((((("]],
    [/^(AttributeType|S)$/, ["S", "N", "B"]],
    [/^N$/, ["1", "1e400", "one"]],
    [/^KeyType$/, ["HASH", "RANGE"]],
    [/^(FunctionVersion|Qualifier|Version)$/i, ["1", "live", "$LATEST", "2"]],
    [/^Runtime$/, ["nodejs22.x", "python3.13"]],
    [
      /(policy|document|definition|pattern|template|schema|body)$/i,
      [
        '{"Version":"2012-10-17","Statement":[]}',
        '{"a":[{"prefix":"x"}]}',
        "{",
        "[]",
        "null",
        "{}",
        '{"Resources":{}}',
        '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}',
      ],
    ],
    [/(name|key|id|prefix|group|handler|token)$/i, ["fuzz", "fuzz", "fuzz", "live", "other", "$default", "default"]],
    [
      /(type|mode|status|state)$/i,
      ["String", "HTTP", "SecureString", "Enabled", "ACTIVE", "INACTIVE", "LATEST", "TRIM_HORIZON"],
    ],
  ];
}
