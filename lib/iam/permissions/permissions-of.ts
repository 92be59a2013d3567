import { hasResources } from "../action-table.ts";
import type { AuthorizedService } from "../iam-prefixes.ts";
import { findApigatewayPermissions } from "./apigateway.ts";
import { findCloudformationPermissions } from "./cloudformation.ts";
import { findCloudwatchPermissions } from "./cloudwatch.ts";
import { findDynamodbPermissions } from "./dynamodb.ts";
import { findEventsPermissions } from "./events.ts";
import { findIamPermissions } from "./iam.ts";
import { findKinesisPermissions } from "./kinesis.ts";
import { findLambdaPermissions } from "./lambda.ts";
import { findLogsPermissions } from "./logs.ts";
import type { FindPermissions, Permission, Place, RequestInput } from "./permission.ts";
import { findS3Permissions } from "./s3.ts";
import { findSchedulerPermissions } from "./scheduler.ts";
import { findSecretsmanagerPermissions } from "./secretsmanager.ts";
import { findSnsPermissions } from "./sns.ts";
import { findSqsPermissions } from "./sqs.ts";
import { findSsmPermissions } from "./ssm.ts";
import { findStatesPermissions } from "./states.ts";
import { findStsPermissions } from "./sts.ts";

const FINDERS: Readonly<Record<AuthorizedService, FindPermissions>> = {
  apigatewayv2: findApigatewayPermissions,
  cloudformation: findCloudformationPermissions,
  cloudwatch: findCloudwatchPermissions,
  "cloudwatch-logs": findLogsPermissions,
  dynamodb: findDynamodbPermissions,
  "dynamodb-streams": findDynamodbPermissions,
  eventbridge: findEventsPermissions,
  iam: findIamPermissions,
  kinesis: findKinesisPermissions,
  lambda: findLambdaPermissions,
  s3: findS3Permissions,
  scheduler: findSchedulerPermissions,
  "secrets-manager": findSecretsmanagerPermissions,
  sfn: findStatesPermissions,
  sns: findSnsPermissions,
  sqs: findSqsPermissions,
  ssm: findSsmPermissions,
  sts: findStsPermissions,
};

/**
 * What the caller of an operation must be allowed, all of it: actions by AWS's names, each on an ARN, or on `*` where
 * policies cannot name resources for the action. Nothing for operations that need no permission.
 */
export function permissionsOf(
  service: AuthorizedService,
  operation: string,
  input: RequestInput,
  place: Place,
): readonly Permission[] {
  return FINDERS[service](operation, input, place).map((permission) =>
    hasResources(permission.action) ? permission : { ...permission, resource: "*" },
  );
}
