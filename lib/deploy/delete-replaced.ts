import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { DeleteEventBusCommand } from "@aws-sdk/client-eventbridge";
import { DeleteStreamCommand } from "@aws-sdk/client-kinesis";
import { DeleteEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { DeleteBucketCommand } from "@aws-sdk/client-s3";
import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { DeleteTopicCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import { DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { DeleteParameterCommand } from "@aws-sdk/client-ssm";
import type { Aws } from "../aws/aws.ts";
import { AwsCallError } from "../aws/call-error.ts";
import type { ReplacedResource } from "./expand/expansion.ts";

type Delete = (aws: Aws, physicalId: string) => Promise<unknown>;

/** How a resource that CloudFormation no longer knows is deleted, by its type. */
const DELETIONS: Readonly<Record<string, Delete>> = {
  "AWS::DynamoDB::Table": async (aws, TableName) =>
    (await aws.client("dynamodb")).send(new DeleteTableCommand({ TableName })),
  "AWS::Events::EventBus": async (aws, Name) =>
    (await aws.client("eventbridge")).send(new DeleteEventBusCommand({ Name })),
  "AWS::Kinesis::Stream": async (aws, StreamName) =>
    (await aws.client("kinesis")).send(new DeleteStreamCommand({ StreamName })),
  "AWS::Lambda::EventSourceMapping": async (aws, UUID) =>
    (await aws.client("lambda")).send(new DeleteEventSourceMappingCommand({ UUID })),
  "AWS::Logs::LogGroup": async (aws, logGroupName) =>
    (await aws.client("logs")).send(new DeleteLogGroupCommand({ logGroupName })),
  "AWS::S3::Bucket": async (aws, Bucket) => (await aws.client("s3")).send(new DeleteBucketCommand({ Bucket })),
  "AWS::SecretsManager::Secret": async (aws, SecretId) =>
    (await aws.client("secretsmanager")).send(new DeleteSecretCommand({ SecretId })),
  "AWS::SNS::Subscription": async (aws, SubscriptionArn) =>
    (await aws.client("sns")).send(new UnsubscribeCommand({ SubscriptionArn })),
  "AWS::SNS::Topic": async (aws, TopicArn) => (await aws.client("sns")).send(new DeleteTopicCommand({ TopicArn })),
  "AWS::SQS::Queue": async (aws, QueueUrl) => (await aws.client("sqs")).send(new DeleteQueueCommand({ QueueUrl })),
  "AWS::SSM::Parameter": async (aws, Name) => (await aws.client("ssm")).send(new DeleteParameterCommand({ Name })),
};

const GONE = /NotFound|NoSuch|NonExistent|DoesNotExist/;

/**
 * Deletes what a stage replaced, once no live version needs it. Returns a sentence for each that could not be deleted,
 * such as a bucket that holds objects: the release has succeeded all the same.
 */
export async function deleteReplaced(
  aws: Aws,
  replaced: readonly ReplacedResource[],
  physicalIds: ReadonlyMap<string, string>,
): Promise<string[]> {
  const left: string[] = [];
  for (const { logicalId, type, physicalId } of replaced) {
    // CloudFormation updated it in place after all.
    if (physicalIds.get(logicalId) === physicalId) continue;
    try {
      await DELETIONS[type]?.(aws, physicalId);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const code = error instanceof AwsCallError ? (error.remoteCode ?? name) : name;
      if (!GONE.test(code)) left.push(`${physicalId} (the old ${logicalId}) could not be deleted: ${message}`);
    }
  }
  return left;
}
