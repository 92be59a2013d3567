import { apiParts, domainName, httpApi } from "./apigatewayv2.ts";
import { cdkMetadata } from "./cdk-metadata.ts";
import { dynamodbTable } from "./dynamodb-table.ts";
import { iamPolicy } from "./iam-policy.ts";
import { iamRole } from "./iam-role.ts";
import { lambdaFunction } from "./lambda-function.ts";
import { lambdaPermission } from "./lambda-permission.ts";
import { lambdaAlias, lambdaVersion } from "./lambda-version.ts";
import { logGroup, logStream, metricFilter, subscriptionFilter } from "./logs.ts";
import type { ResourceType } from "./resource-type.ts";
import { ssmParameter } from "./ssm-parameter.ts";

/** Every resource type that the local cloud carries. One more is one more entry here (see the README's recipe). */
const RESOURCE_TYPES: readonly ResourceType[] = [
  ...apiParts,
  cdkMetadata,
  domainName,
  dynamodbTable,
  httpApi,
  iamPolicy,
  iamRole,
  lambdaAlias,
  lambdaFunction,
  lambdaPermission,
  lambdaVersion,
  logGroup,
  logStream,
  metricFilter,
  ssmParameter,
  subscriptionFilter,
];

const byName: ReadonlyMap<string, ResourceType> = new Map(RESOURCE_TYPES.map((type) => [type.type, type]));

/** How resources of a type are made; undefined when the type is not carried. */
export function resourceType(name: string): ResourceType | undefined {
  return byName.get(name) ?? (name.startsWith("Custom::") ? byName.get("Custom::*") : undefined);
}

/** The names of all carried types, in order. */
export function carriedTypeNames(): string[] {
  return [...byName.keys()].sort();
}
