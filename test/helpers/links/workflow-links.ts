import type { Stack } from "aws-cdk-lib";
import { SFNClient, StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { DefinitionBody, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { expect } from "vitest";
import { StateMachine } from "../../../lib/index.ts";
import type { InlineApp } from "../inline-app.ts";
import { addTargets, attributesOf, linkToRead, linkToWrite, makeSecret } from "./data-stack.ts";
import { deniedWords, HOME, type LinkFamily } from "./live-links.ts";

const task = (resource: string, Arguments: object) => ({
  Type: "Task",
  Resource: `arn:aws:states:::${resource}`,
  Arguments,
  End: true,
});

/** One task for each operation. `${…}` are the targets' names, as links have them. */
const TASKS = {
  "read table": task("dynamodb:getItem", { TableName: "${Orders_name}", Key: { id: { S: "1" } } }),
  "write table": task("dynamodb:putItem", { TableName: "${Orders_name}", Item: { id: { S: "1" } } }),
  "read bucket": task("aws-sdk:s3:getObject", { Bucket: "${Files_name}", Key: "first" }),
  "write bucket": task("aws-sdk:s3:putObject", { Bucket: "${Files_name}", Key: "first", Body: "x" }),
  "read queue": task("aws-sdk:sqs:receiveMessage", { QueueUrl: "${Jobs_url}" }),
  "write queue": task("sqs:sendMessage", { QueueUrl: "${Jobs_url}", MessageBody: "x" }),
  "read stream": task("aws-sdk:kinesis:describeStreamSummary", { StreamName: "${Clicks_name}" }),
  "write stream": task("aws-sdk:kinesis:putRecord", {
    StreamName: "${Clicks_name}",
    PartitionKey: "a",
    Data: "eA==",
  }),
  "read parameter": task("aws-sdk:ssm:getParameter", { Name: "${Setting_name}" }),
  "write parameter": task("aws-sdk:ssm:putParameter", {
    Name: "${Setting_name}",
    Value: "y",
    Type: "String",
    Overwrite: true,
  }),
  "read secret": task("aws-sdk:secretsmanager:getSecretValue", { SecretId: "${Password_arn}" }),
  "write secret": task("aws-sdk:secretsmanager:putSecretValue", {
    SecretId: "${Password_arn}",
    SecretString: "new",
    ClientRequestToken: "{% $uuid() %}",
  }),
  "read workflow": task("aws-sdk:sfn:listExecutions", { StateMachineArn: "${Flow_arn}" }),
  "write workflow": task("states:startExecution", { StateMachineArn: "${Flow_arn}" }),
  "write express workflow": task("aws-sdk:sfn:startSyncExecution", { StateMachineArn: "${Quick_arn}" }),
  "write topic": task("sns:publish", { TopicArn: "${News_arn}", Message: "x" }),
  "write bus": task("events:putEvents", {
    Entries: [{ EventBusName: "${Bus_name}", Source: "shop", DetailType: "sale", Detail: {} }],
  }),
  "write function": task("lambda:invoke", { FunctionName: "${Helper_arn}" }),
  "write API": task("apigateway:invoke", { ApiEndpoint: "${Api_url}", Method: "GET", Path: "/", AuthType: "IAM_ROLE" }),
};

type Operation = keyof typeof TASKS;

/** Carries out the task that its input names. */
const DEFINITION = {
  QueryLanguage: "JSONata",
  StartAt: "choose",
  States: {
    choose: {
      Type: "Choice",
      Choices: Object.keys(TASKS).map((name) => ({
        Condition: `{% $states.input.operation = '${name}' %}`,
        Next: name,
      })),
    },
    ...TASKS,
  },
};

/** Workflows of the same definition: one reads everything, one writes everything, and one has no links. */
function build(stack: Stack, secretArn: string): void {
  const targets = addTargets(stack, secretArn);
  const workflow = (stateMachineName: string) =>
    new StateMachine(stack, `${stateMachineName}Workflow`, {
      stateMachineName,
      stateMachineType: StateMachineType.EXPRESS,
      definitionBody: DefinitionBody.fromString(JSON.stringify(DEFINITION)),
      definitionSubstitutions: attributesOf(targets),
    });
  linkToRead(workflow("reader"), targets);
  linkToWrite(workflow("writer"), targets);
  workflow("unlinked");
}

/** What one operation comes to in each of the workflows. */
async function tryTo(app: InlineApp, operation: Operation): Promise<object[]> {
  const states = app.cloud.client(SFNClient, { disableHostPrefix: true });
  const runs = ["reader", "writer", "unlinked"].map((name) => {
    const stateMachineArn = `arn:aws:states:${HOME}:stateMachine:${name}:live`;
    return states.send(new StartSyncExecutionCommand({ stateMachineArn, input: JSON.stringify({ operation }) }));
  });
  return (await Promise.all(runs)).map(({ status, error, cause }) => ({ status, error, cause }));
}

const SUCCEEDED = { status: "SUCCEEDED", error: undefined, cause: undefined };

/** A failed task, in Step Functions' name for the service's error and the service's words. */
const failed = (error: string, cause: unknown) => ({ status: "FAILED", error, cause });
const denied = (error: string, action: string) => failed(error, expect.stringMatching(deniedWords(action)));

/** How Step Functions calls the refusals of what is read and of what is written or called. */
const DATA: Readonly<Record<string, readonly [operand: string, read: object, write: object]>> = {
  Table: [
    "table",
    denied("DynamoDB.AmazonDynamoDBException", "dynamodb:GetItem"),
    denied("DynamoDB.AmazonDynamoDBException", "dynamodb:PutItem"),
  ],
  Bucket: [
    "bucket",
    denied("S3.AccessDeniedException", "s3:GetObject"),
    denied("S3.AccessDeniedException", "s3:PutObject"),
  ],
  Queue: [
    "queue",
    denied("Sqs.SqsException", "sqs:receivemessage"),
    denied("SQS.AmazonSQSException", "sqs:sendmessage"),
  ],
  Stream: [
    "stream",
    denied("Kinesis.AccessDeniedException", "kinesis:DescribeStreamSummary"),
    denied("Kinesis.AccessDeniedException", "kinesis:PutRecord"),
  ],
  Parameter: [
    "parameter",
    denied("Ssm.AccessDeniedException", "ssm:GetParameter"),
    denied("Ssm.AccessDeniedException", "ssm:PutParameter"),
  ],
  Secret: [
    "secret",
    denied("SecretsManager.SecretsManagerException", "secretsmanager:GetSecretValue"),
    denied("SecretsManager.SecretsManagerException", "secretsmanager:PutSecretValue"),
  ],
  StateMachine: [
    "workflow",
    denied("Sfn.SfnException", "states:ListExecutions"),
    denied("StepFunctions.AWSStepFunctionsException", "states:StartExecution"),
  ],
};

const CALLED: Readonly<Record<string, readonly [operand: string, refusal: object]>> = {
  StateMachine: ["express workflow", denied("Sfn.SfnException", "states:StartSyncExecution")],
  Topic: ["topic", denied("SNS.AuthorizationErrorException", "SNS:Publish")],
  EventBus: ["bus", denied("EventBridge.AccessDeniedException", "events:PutEvents")],
  Function: ["function", denied("Lambda.AWSLambdaException", "lambda:InvokeFunction")],
  HttpApi: ["API", failed("ApiGateway.403", '{"message":"Forbidden"}')],
};

function pair(target: string) {
  return async (app: InlineApp): Promise<void> => {
    const [operand, read, write] = DATA[target] ?? [];
    if (operand !== undefined) {
      expect(await tryTo(app, `write ${operand}` as Operation)).toEqual([write, SUCCEEDED, write]);
      expect(await tryTo(app, `read ${operand}` as Operation)).toEqual([SUCCEEDED, read, read]);
    }
    const [called, refusal] = CALLED[target] ?? [];
    if (called !== undefined) {
      expect(await tryTo(app, `write ${called}` as Operation)).toEqual([refusal, SUCCEEDED, refusal]);
    }
  };
}

const TARGETS = [...new Set([...Object.keys(DATA), ...Object.keys(CALLED)])];

/** Links of workflows: the refusal is the error of the execution. */
export const WORKFLOW_LINKS: LinkFamily = {
  name: "workflows",
  prepare: async (cloud) => {
    const secretArn = await makeSecret(cloud);
    return (stack) => build(stack, secretArn);
  },
  pairs: Object.fromEntries(TARGETS.map((target) => [`StateMachine to ${target}`, pair(target)])),
};
