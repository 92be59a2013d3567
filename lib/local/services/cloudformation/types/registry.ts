import { apiParts, domainName, httpApi } from "./apigatewayv2.ts";
import { cdkMetadata } from "./cdk-metadata.ts";
import { cloudwatchAlarm, cloudwatchCompositeAlarm, cloudwatchDashboard } from "./cloudwatch.ts";
import { customResources } from "./custom-resource.ts";
import { dynamodbGlobalTable } from "./dynamodb-global-table.ts";
import { dynamodbTable } from "./dynamodb-table.ts";
import {
  eventsApiDestination,
  eventsArchive,
  eventsConnection,
  eventsEventBus,
  eventsEventBusPolicy,
  eventsRule,
} from "./events.ts";
import { iamInstanceProfile, iamManagedPolicy } from "./iam-managed-policy.ts";
import { iamPolicy } from "./iam-policy.ts";
import { iamRole } from "./iam-role.ts";
import { keptTypes } from "./kept.ts";
import { kinesisResourcePolicy, kinesisStream, kinesisStreamConsumer } from "./kinesis.ts";
import { lambdaEventSourceMapping } from "./lambda-event-source.ts";
import { lambdaFunction } from "./lambda-function.ts";
import { lambdaLayerVersion, lambdaLayerVersionPermission } from "./lambda-layer.ts";
import { lambdaPermission } from "./lambda-permission.ts";
import { lambdaEventInvokeConfig, lambdaUrl } from "./lambda-url.ts";
import { lambdaAlias, lambdaVersion } from "./lambda-version.ts";
import { logGroup, logResourcePolicy, logStream, metricFilter, subscriptionFilter } from "./logs.ts";
import { nestedStack } from "./nested-stack.ts";
import type { ResourceType } from "./resource-type.ts";
import { s3Bucket, s3BucketPolicy } from "./s3-bucket.ts";
import { schedule, scheduleGroup } from "./scheduler.ts";
import { snsSubscription, snsTopic, snsTopicInlinePolicy, snsTopicPolicy } from "./sns.ts";
import { sqsQueue, sqsQueueInlinePolicy, sqsQueuePolicy } from "./sqs.ts";
import { ssmParameter } from "./ssm-parameter.ts";
import { activity, stateMachine, stateMachineAlias, stateMachineVersion } from "./stepfunctions.ts";
import { waitCondition, waitConditionHandle } from "./wait-condition.ts";

/** Every resource type that the local cloud supports. One more is one more entry here (see the recipe in CONTRIBUTING.md). */
const RESOURCE_TYPES: readonly ResourceType[] = [
  ...apiParts,
  ...customResources,
  ...keptTypes,
  activity,
  cdkMetadata,
  cloudwatchAlarm,
  cloudwatchCompositeAlarm,
  cloudwatchDashboard,
  domainName,
  dynamodbGlobalTable,
  dynamodbTable,
  eventsApiDestination,
  eventsArchive,
  eventsConnection,
  eventsEventBus,
  eventsEventBusPolicy,
  eventsRule,
  httpApi,
  iamInstanceProfile,
  iamManagedPolicy,
  iamPolicy,
  iamRole,
  kinesisResourcePolicy,
  kinesisStream,
  kinesisStreamConsumer,
  lambdaAlias,
  lambdaEventInvokeConfig,
  lambdaEventSourceMapping,
  lambdaFunction,
  lambdaLayerVersion,
  lambdaLayerVersionPermission,
  lambdaPermission,
  lambdaUrl,
  lambdaVersion,
  logGroup,
  logResourcePolicy,
  logStream,
  metricFilter,
  nestedStack,
  s3Bucket,
  s3BucketPolicy,
  schedule,
  scheduleGroup,
  snsSubscription,
  snsTopic,
  snsTopicInlinePolicy,
  snsTopicPolicy,
  sqsQueue,
  sqsQueueInlinePolicy,
  sqsQueuePolicy,
  ssmParameter,
  stateMachine,
  stateMachineAlias,
  stateMachineVersion,
  subscriptionFilter,
  waitCondition,
  waitConditionHandle,
];

const byName: ReadonlyMap<string, ResourceType> = new Map(RESOURCE_TYPES.map((type) => [type.type, type]));

/** How resources of a type are made; undefined when the type is not supported. */
export function resourceType(name: string): ResourceType | undefined {
  return byName.get(name) ?? (name.startsWith("Custom::") ? byName.get("Custom::*") : undefined);
}

/** The names of all carried types, in order. */
export function carriedTypeNames(): string[] {
  return [...byName.keys()].sort();
}
