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
import type { ReplacedByStage } from "../release/engine.ts";

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

/** What keeps a deletion from going wrong. */
export interface DeletionGuard {
  /** Physical ids of the resources that the stacks have: such a resource is no longer an old one. */
  readonly owned: ReadonlySet<string>;
  /** Called before each deletion. Throws where another driver holds the lock by now. */
  readonly confirm: () => Promise<void>;
}

/**
 * Deletes old resources of replaced ones. Returns AWS's words for each that could not be deleted, such as a bucket that
 * holds objects, by physical id.
 */
export async function deleteOldResources(
  aws: Aws,
  resources: readonly ReplacedByStage[],
  { owned, confirm }: DeletionGuard,
): Promise<ReadonlyMap<string, string>> {
  const left = new Map<string, string>();
  for (const { type, physicalId, region } of resources) {
    if (owned.has(physicalId)) continue;
    await confirm();
    try {
      await DELETIONS[type]?.(region === undefined ? aws : aws.inRegion(region), physicalId);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const code = error instanceof AwsCallError ? (error.remoteCode ?? name) : name;
      if (!GONE.test(code)) left.set(physicalId, message);
    }
  }
  return left;
}
