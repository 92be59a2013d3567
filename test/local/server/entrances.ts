import { ApiGatewayV2Client, CreateApiCommand, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ListTablesCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateEventBusCommand, EventBridgeClient, ListEventBusesCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { CreateStreamCommand, DescribeLimitsCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { LambdaClient, ListLayersCommand, PublishLayerVersionCommand } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateScheduleGroupCommand, ListScheduleGroupsCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { CreateSecretCommand, ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateActivityCommand, ListActivitiesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DescribeParametersCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { zip } from "../../../lib/util/zip.ts";

/** A service with a call that leaves something behind, and one that shows it. */
export interface Entrance {
  readonly client: new (configuration: never) => { send(command: object): Promise<object>; destroy(): void };
  /** The command that makes something of this name. */
  readonly change: (name: string) => object;
  readonly look: () => object;
}

/** The bucket that must be there. */
export const BUCKET = "own";

const TEMPLATE = JSON.stringify({ Resources: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" } } });
const LAYER = await zip([{ path: "index.js", content: Buffer.from("1") }]);

/** One for each service, and so for each protocol. */
export const ENTRANCES: Readonly<Record<string, Entrance>> = {
  apigatewayv2: {
    client: ApiGatewayV2Client,
    change: (Name) => new CreateApiCommand({ Name, ProtocolType: "HTTP" }),
    look: () => new GetApisCommand({}),
  },
  cloudformation: {
    client: CloudFormationClient,
    change: (StackName) => new CreateStackCommand({ StackName, TemplateBody: TEMPLATE }),
    look: () => new DescribeStacksCommand({}),
  },
  cloudwatch: {
    client: CloudWatchClient,
    change: (AlarmName) => new PutMetricAlarmCommand({ AlarmName, ...ALARM }),
    look: () => new DescribeAlarmsCommand({}),
  },
  "cloudwatch-logs": {
    client: CloudWatchLogsClient,
    change: (logGroupName) => new CreateLogGroupCommand({ logGroupName }),
    look: () => new DescribeLogGroupsCommand({}),
  },
  dynamodb: {
    client: DynamoDBClient,
    change: (TableName) => new CreateTableCommand({ TableName, ...TABLE }),
    look: () => new ListTablesCommand({}),
  },
  eventbridge: {
    client: EventBridgeClient,
    change: (Name) => new CreateEventBusCommand({ Name }),
    look: () => new ListEventBusesCommand({}),
  },
  iam: {
    client: IAMClient,
    change: (RoleName) => new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }),
    look: () => new ListRolesCommand({ MaxItems: 1000 }),
  },
  kinesis: {
    client: KinesisClient,
    change: (StreamName) => new CreateStreamCommand({ StreamName, ShardCount: 1 }),
    // The list of streams would tell of a stream that gets ready meanwhile.
    look: () => new DescribeLimitsCommand({}),
  },
  lambda: {
    client: LambdaClient,
    change: (LayerName) => new PublishLayerVersionCommand({ LayerName, Content: { ZipFile: LAYER } }),
    look: () => new ListLayersCommand({}),
  },
  s3: {
    client: S3Client,
    change: (Key) => new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x" }),
    look: () => new ListObjectsV2Command({ Bucket: BUCKET }),
  },
  scheduler: {
    client: SchedulerClient,
    change: (Name) => new CreateScheduleGroupCommand({ Name }),
    look: () => new ListScheduleGroupsCommand({}),
  },
  "secrets-manager": {
    client: SecretsManagerClient,
    change: (Name) => new CreateSecretCommand({ Name, SecretString: "x" }),
    look: () => new ListSecretsCommand({}),
  },
  sfn: {
    client: SFNClient,
    change: (name) => new CreateActivityCommand({ name }),
    look: () => new ListActivitiesCommand({}),
  },
  sns: {
    client: SNSClient,
    change: (Name) => new CreateTopicCommand({ Name }),
    look: () => new ListTopicsCommand({}),
  },
  sqs: {
    client: SQSClient,
    change: (QueueName) => new CreateQueueCommand({ QueueName }),
    look: () => new ListQueuesCommand({}),
  },
  ssm: {
    client: SSMClient,
    change: (Name) => new PutParameterCommand({ Name, Value: "x", Type: "String" }),
    look: () => new DescribeParametersCommand({}),
  },
};

const ALARM = {
  Namespace: "Shop",
  MetricName: "Orders",
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: "LessThanThreshold",
} as const;

const TABLE: Omit<CreateTableCommandInput, "TableName"> = {
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  BillingMode: "PAY_PER_REQUEST",
};

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
